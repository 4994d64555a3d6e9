"""`nmt evaluate-lm`: how well a language model foresees a text, as a whole and line by line."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nmt.decoding.chunks import chunks
from nmt.decoding.language_model import load_language_model, score_lines, score_text
from nmt.errors import DataError
from nmt.io.files import STDIN, STDOUT, refuse_overwriting
from nmt.io.lines import write_line
from nmt.stages.paths import model_files
from nmt.stages.streams import line_streams


@dataclass(frozen=True, kw_only=True)
class LanguageModelEvaluation:
    """How well a text was foreseen, line ends included."""

    system: str
    lines: int
    subwords: int
    bytes: int
    perplexity: float  # of a subword
    perplexity_per_byte: float
    bits_per_byte: float


def evaluate_lm(
    *, model: Path, input: Path | None = None, warn: Callable[[str], None] = lambda message: None
) -> LanguageModelEvaluation:
    """Score the text in a file or on stdin. Raises DataError if it has no line."""
    loaded = load_language_model(model)
    with line_streams(input, None, warn) as (lines, _):
        text = [line for line in lines if line.strip()]
    if not text:
        raise DataError(f"{input or 'stdin'}: no line with text; give some")
    scores = score_text(loaded, text)
    log_prob = math.fsum(score.log_prob for score in scores)
    subwords, size = sum(score.subwords for score in scores), sum(score.bytes for score in scores)
    return LanguageModelEvaluation(
        system=str(model),
        lines=len(text),
        subwords=subwords,
        bytes=size,
        perplexity=math.exp(-log_prob / subwords),
        perplexity_per_byte=math.exp(-log_prob / size),
        bits_per_byte=-log_prob / math.log(2) / size,
    )


def score_each_line(
    *,
    model: Path,
    input: Path | None = None,
    output: Path | None = None,
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Write how many bits a byte of each line needs, by itself: the more, the less it is like the model's text."""
    refuse_overwriting([output or STDOUT], [input or STDIN, *model_files(model)])
    loaded = load_language_model(model)
    with line_streams(input, output, warn) as (lines, out):
        for chunk in chunks(lines):
            for score in score_lines(loaded, chunk):
                write_line(out, f"{score.bits_per_byte:.4f}")
            out.flush()
