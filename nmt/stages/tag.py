"""`nmt tag`: find names in lines of text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.decoding.model import EngineName
from nmt.decoding.tagger import TagForm, load_tagger, render, tag_chunks
from nmt.io.files import STDIN, STDOUT, refuse_overwriting
from nmt.resources import shipped_model
from nmt.stages.line_work import DoneLine, Work, work_on_lines
from nmt.stages.models import model_sums
from nmt.stages.paths import model_files


@dataclass(frozen=True, kw_only=True)
class TaggingJob:
    """How names are to be marked in lines; the default model is the shipped one."""

    model: Path | None = None
    form: TagForm = "inline"
    pretokenized: bool = False
    device: str = "cpu"
    engine: EngineName = "auto"

    def files(self) -> Iterator[Path]:
        """The files that it reads."""
        return model_files(self._folder())

    def description(self) -> Mapping[str, Any]:
        """What the names depend on."""
        others = [self.form, self.pretokenized, self.device, self.engine]
        return {"models": [model_sums(self._folder())], "other options": others}

    def load(self) -> Work:
        """Load the model. Raises ModelError if it is damaged, or has no tagger."""
        loaded = load_tagger(self._folder(), self.device, self.engine)
        return lambda chunked: (
            DoneLine(written=list(render(tagged, self.form)))
            for chunk in chunked
            for tagged in tag_chunks(loaded, [chunk], pretokenized=self.pretokenized)
        )

    def _folder(self) -> Path:
        return self.model or shipped_model()


def tag(
    *,
    input: Path | None = None,
    output: Path | None = None,
    warn: Callable[[str], None] = lambda message: None,
    **job: Any,
) -> None:
    """Mark the names in a file or stdin, line by line, in bounded memory, as the fields of a TaggingJob say."""
    tagging = TaggingJob(**job)
    refuse_overwriting([output or STDOUT], [input or STDIN, *tagging.files()])
    work_on_lines(tagging.load(), input, output, warn=warn)
