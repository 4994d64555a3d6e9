"""`nmt translate --explain`: show how lines are translated, for a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from nmt.decoding.chunks import chunks
from nmt.decoding.explain import explain_lines
from nmt.decoding.model import EngineName
from nmt.decoding.segments import Protector
from nmt.io.files import STDIN, STDOUT, refuse_overwriting, replacing
from nmt.io.lines import write_line
from nmt.report.terminal import explanation_lines
from nmt.resources import shipped_model
from nmt.stages.models import Models, load_models, model_paths
from nmt.stages.paths import model_files
from nmt.stages.streams import line_streams

ALTERNATIVES = 3  # that are shown unless n_best is given, or the beam is smaller


def explain(
    *,
    model: Models | None = None,
    text: str | None = None,
    input: Path | None = None,
    output: Path | None = None,
    source: str = "",
    target: str = "",
    search: Mapping[str, Any] | None = None,
    protector: Protector | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Explain the lines of a text or, without one, of a file or stdin; a blank line parts them.

    The arguments are those of translate().
    """
    models = model or shipped_model()
    refuse_overwriting(
        [output or STDOUT], [input or STDIN, *chain.from_iterable(map(model_files, model_paths(models)))]
    )
    loaded = load_models(models, source=source, target=target, device=device, engine=engine)
    config = replace(loaded.search, **(search or {}))
    if "n_best" not in (search or {}):
        config = replace(config, n_best=ALTERNATIVES if config.sample else min(ALTERNATIVES, config.beam_size))
    with _streams(text, input, output, warn) as (lines, out):
        parted = False
        for chunk in chunks(lines):
            for explanation in explain_lines(loaded, chunk, config, protector):
                for line in chain([""] * parted, explanation_lines(explanation)):
                    write_line(out, line)
                parted = True
            out.flush()


@contextmanager
def _streams(
    text: str | None, input: Path | None, output: Path | None, warn: Callable[[str], None]
) -> Iterator[tuple[Iterable[str], BinaryIO]]:
    if text is None:
        with line_streams(input, output, warn) as streams:
            yield streams
        return
    lines: Sequence[str] = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split("\n")
    if output is None:
        yield lines, sys.stdout.buffer
    else:
        with replacing(output) as [out]:
            yield lines, out
