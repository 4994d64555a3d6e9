"""`nmt tokenize`: from text to subwords and back."""

from collections.abc import Callable
from pathlib import Path

from nmt.errors import DataError
from nmt.io.files import STDIN, STDOUT, refuse_overwriting
from nmt.io.lines import clean_output, write_line
from nmt.model_folder import store
from nmt.model_folder.contents import load_tokenizers
from nmt.stages.paths import model_files
from nmt.stages.streams import line_streams
from nmt.text.tokenizer import Tokenizer, read_tokenizers


def tokenize(
    *,
    tokenizer: Path,
    input: Path | None = None,
    output: Path | None = None,
    as_ids: bool = False,
    decode: bool = False,
    target_side: bool = False,
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Turn the lines of a file or stdin into subwords, or subwords into text, line by line."""
    is_folder = store.exists(tokenizer)
    refuse_overwriting([output or STDOUT], [input or STDIN, *(model_files(tokenizer) if is_folder else [tokenizer])])
    tokenizers = load_tokenizers(store.open_folder(tokenizer)) if is_folder else read_tokenizers(tokenizer)
    subwords = tokenizers[target_side]
    name = "stdin" if input is None else str(input)
    with line_streams(input, output, warn) as (lines, out):
        for number, line in enumerate(lines, start=1):
            if not decode:
                text = " ".join(map(str, subwords.encode(line)) if as_ids else subwords.pieces(line))
            elif as_ids:
                text = _text_of_ids(line, subwords, f"{name}:{number}")
            else:
                text = subwords.join([piece for piece in line.split(" ") if piece])
            write_line(out, clean_output(text, line))
            out.flush()


def _text_of_ids(line: str, subwords: Tokenizer, place: str) -> str:
    try:
        return subwords.decode([int(field) for field in line.split()])
    except (ValueError, IndexError, TypeError):  # TypeError: a number that does not fit into 32 bits
        raise DataError(f"{place}: not a line of ids; give numbers below {subwords.vocab_size}") from None
