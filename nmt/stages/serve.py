"""`nmt serve`: translate over HTTP, and on a page."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nmt.decoding.by_language import rank_languages
from nmt.decoding.model import EngineName, TranslationModel
from nmt.errors import ConfigError
from nmt.io.lines import read_file
from nmt.resources import shipped_model
from nmt.stages.models import load_with_tagger


def serve(
    *,
    models: Sequence[Path] = (),
    api_keys: Path | None = None,
    log: bool = False,
    device: str = "cpu",
    engine: EngineName = "auto",
    say: Callable[[str], None] = lambda message: None,
    **settings: Any,
) -> None:
    """Serve models until a signal comes, by default the shipped one; of two that share a direction, the first has it.

    api_keys is a file with a key on each line, settings those of ServerConfig; log has a line on stderr for every
    request. say is told when the server listens. Raises ConfigError if the libraries of the extra `server` are missing.
    """
    try:
        from nmt.serving.config import ServerConfig
        from nmt.serving.server import run_server
        from nmt.serving.translators import Translators, by_direction
    except ImportError as error:
        raise ConfigError(f"nmt serve needs {error.name}; install it by: pip install 'nmt[server]'") from error

    config = ServerConfig(api_keys=() if api_keys is None else _keys(api_keys), **settings)
    if log:
        logging.getLogger("nmt.serving").setLevel(logging.INFO)
    opened = [load_with_tagger(model, device=device, engine=engine) for model in models or [shipped_model()]]
    taggers = {source: tagger for model, tagger in reversed(opened) if tagger for source, _ in model.directions}
    pairs = by_direction([model for model, _ in opened])
    directions = ", ".join(f"{source} to {target}" for source, target in pairs)
    run_server(
        Translators(pairs=pairs, taggers=taggers),
        detector([model for model, _ in opened]),
        config,
        lambda address: say(f"{directions}: {address}"),
    )


def detector(models: Sequence[TranslationModel]) -> Callable[[str], Sequence[tuple[str, float]]]:
    """What finds the language of a text, by the models that can: by the first of them that is sure."""
    able = [(model.languages, model.statistics) for model in models if model.languages is not None]

    def detect(text: str) -> Sequence[tuple[str, float]]:
        ranked = (rank_languages(text, each, statistics) for each, statistics in able if not each.is_foreign(text))
        return next(filter(None, ranked), [])

    return detect


def _keys(path: Path) -> tuple[str, ...]:
    keys = tuple(line.strip() for line in read_file(path) if line.strip())
    if not keys:
        raise ConfigError(f"{path}: has no API keys; write one on each line")
    return keys
