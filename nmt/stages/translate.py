"""`nmt translate`: translate lines of text."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from nmt.decoding.chunks import chunks
from nmt.decoding.model import EngineName
from nmt.decoding.translator import Translation, translate_chunks
from nmt.io.files import STDIN, STDOUT, refuse_overwriting
from nmt.io.lines import json_line, write_line
from nmt.resources import shipped_model
from nmt.stages.models import Models, load_models, model_paths
from nmt.stages.paths import model_files
from nmt.stages.streams import line_streams


def translate(
    *,
    model: Models | None = None,
    input: Path | None = None,
    output: Path | None = None,
    source: str = "",
    target: str = "",
    search: Mapping[str, Any] | None = None,
    as_json: bool = False,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Translate a file or stdin to a file or stdout, in bounded memory.

    The default model is the shipped one. source and target choose the direction of a model that has more than one;
    search overrides the model's own settings.
    """
    models = model or shipped_model()
    refuse_overwriting(
        [output or STDOUT], [input or STDIN, *chain.from_iterable(map(model_files, model_paths(models)))]
    )
    loaded = load_models(models, source=source, target=target, device=device, engine=engine)
    config = replace(loaded.search, **(search or {}))
    with line_streams(input, output, warn) as (lines, out):
        for chunk in chunks(lines):
            for translation in translate_chunks(loaded, [chunk], config):
                for line in _render(translation, as_json, config.n_best):
                    write_line(out, line)
            out.flush()


def translate_lines(
    model: Models,
    lines: Iterable[str],
    *,
    source: str = "",
    target: str = "",
    search: Mapping[str, Any] | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
) -> Iterator[str]:
    """Translate lines, one for one; the arguments are those of translate()."""
    loaded = load_models(model, source=source, target=target, device=device, engine=engine)
    config = replace(loaded.search, **(search or {}))
    return (translation.text for translation in translate_chunks(loaded, chunks(lines), config))


def _render(translation: Translation, as_json: bool, n_best: int) -> list[str]:
    """One line of JSON, or n_best lines, which are blank if there are fewer translations."""
    if not as_json:
        texts = [alternative.text for alternative in translation.alternatives]
        return texts + [""] * (n_best - len(texts))
    fields = {"source": translation.source, "translations": [vars(item) for item in translation.alternatives]}
    return [json_line(fields)]
