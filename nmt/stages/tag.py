"""`nmt tag`: find names in lines of text."""

from collections.abc import Callable
from pathlib import Path

from nmt.decoding.chunks import chunks
from nmt.decoding.tagger import TagForm, load_tagger, render, tag_chunks
from nmt.io.lines import write_line
from nmt.resources import shipped_model
from nmt.stages.streams import line_streams


def tag(
    *,
    model: Path | None = None,
    input: Path | None = None,
    output: Path | None = None,
    form: TagForm = "inline",
    pretokenized: bool = False,
    device: str = "cpu",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Mark the names in a file or stdin, line by line, in bounded memory; the default model is the shipped one."""
    loaded = load_tagger(model or shipped_model(), device)
    with line_streams(input, output, warn) as (lines, out):
        for chunk in chunks(lines):
            for tagged in tag_chunks(loaded, [chunk], pretokenized=pretokenized):
                for line in render(tagged, form):
                    write_line(out, line)
            out.flush()
