"""`nmt classify`: label lines of text."""

from collections.abc import Callable
from pathlib import Path

from nmt.decoding.chunks import chunks
from nmt.decoding.classifier import ClassifiedLine, classify_chunks, load_classifier
from nmt.decoding.model import EngineName
from nmt.io.files import STDIN, STDOUT, refuse_overwriting
from nmt.io.lines import json_line, write_line
from nmt.stages.paths import model_files
from nmt.stages.streams import line_streams


def classify(
    *,
    model: Path,
    input: Path | None = None,
    output: Path | None = None,
    as_json: bool = False,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Write a label and its probability for each line of a file or stdin, in bounded memory."""
    refuse_overwriting([output or STDOUT], [input or STDIN, *model_files(model)])
    loaded = load_classifier(model, device, engine)
    with line_streams(input, output, warn) as (lines, out):
        for chunk in chunks(lines):
            for line in classify_chunks(loaded, [chunk]):
                write_line(out, _json(line) if as_json else _fields(line))
            out.flush()


def _fields(line: ClassifiedLine) -> str:
    """Label and probability between a tab; nothing for a line without anything to read."""
    return f"{line.label}\t{line.probabilities[line.label]:.4f}" if line.label else ""


def _json(line: ClassifiedLine) -> str:
    shares = {label: round(share, 6) for label, share in line.probabilities.items()}
    return json_line({"text": line.line, "label": line.label or None, "probabilities": shares})
