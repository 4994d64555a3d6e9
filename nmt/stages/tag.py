"""`nmt tag`: find names in lines of text."""

from collections.abc import Callable
from pathlib import Path

from nmt.decoding.chunks import chunks
from nmt.decoding.model import EngineName
from nmt.decoding.tagger import TagForm, load_tagger, render, tag_chunks
from nmt.io.files import STDIN, STDOUT, refuse_overwriting
from nmt.io.lines import write_line
from nmt.resources import shipped_model
from nmt.stages.paths import model_files
from nmt.stages.streams import line_streams


def tag(
    *,
    model: Path | None = None,
    input: Path | None = None,
    output: Path | None = None,
    form: TagForm = "inline",
    pretokenized: bool = False,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Mark the names in a file or stdin, line by line, in bounded memory; the default model is the shipped one."""
    path = model or shipped_model()
    refuse_overwriting([output or STDOUT], [input or STDIN, *model_files(path)])
    loaded = load_tagger(path, device, engine)
    with line_streams(input, output, warn) as (lines, out):
        for chunk in chunks(lines):
            for tagged in tag_chunks(loaded, [chunk], pretokenized=pretokenized):
                for line in render(tagged, form):
                    write_line(out, line)
            out.flush()
