"""`nmt tokenize`: from text to subwords and back."""

import sys
from pathlib import Path

from nmt.errors import DataError
from nmt.io.files import STDIN, STDOUT, refuse_overwriting, standard_input
from nmt.io.lines import clean_output, read_lines, write_line
from nmt.model_folder import store
from nmt.model_folder.contents import load_tokenizers
from nmt.text.tokenizer import read_tokenizers


def tokenize(*, tokenizer: Path, as_ids: bool = False, decode: bool = False, target_side: bool = False) -> None:
    """Turn lines on stdin into subwords on stdout, or subwords into text, one line for each."""
    refuse_overwriting([STDOUT], [STDIN])
    if store.exists(tokenizer):
        tokenizers = load_tokenizers(store.open_folder(tokenizer))
    else:
        tokenizers = read_tokenizers(tokenizer)
    subwords = tokenizers[target_side]
    for number, line in enumerate(read_lines(standard_input(), "stdin"), start=1):
        if not decode:
            text = " ".join(map(str, subwords.encode(line)) if as_ids else subwords.pieces(line))
        elif not as_ids:
            text = subwords.join([piece for piece in line.split(" ") if piece])
        else:
            try:
                text = subwords.decode([int(field) for field in line.split()])
            except (ValueError, IndexError, TypeError):  # TypeError: a number that does not fit into 32 bits
                size = subwords.vocab_size
                raise DataError(f"stdin:{number}: not a line of ids; give numbers below {size}") from None
        write_line(sys.stdout.buffer, clean_output(text, line))
        sys.stdout.buffer.flush()
