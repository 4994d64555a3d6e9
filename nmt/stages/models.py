"""The models that stages work with: one or several opened to translate together."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nmt.decoding.model import EngineName, TranslationModel, load_translator
from nmt.decoding.tagger import load_tagger, name_finder
from nmt.model_folder.contents import TAGGER_DESCRIPTION, read_description
from nmt.model_folder.store import open_folder
from nmt.text.directions import Direction, directions_of

Models = str | Path | Sequence[Path]  # a model folder, or several that are to translate together


def load_models(
    models: Models, *, source: str = "", target: str = "", device: str = "cpu", engine: EngineName = "auto"
) -> TranslationModel:
    """Open one or several model folders as one model between these languages, "" standing for any.

    If the first has a tagger, it finds names to protect.
    """
    paths = model_paths(models)
    model = load_translator(paths, device, engine).between(source, target)
    if model.placeholders and open_folder(paths[0]).has(TAGGER_DESCRIPTION):
        return replace(model, tag=name_finder(load_tagger(paths[0], device, engine)))
    return model


def model_paths(models: Models) -> Sequence[Path]:
    """The folders of one model or several."""
    return [Path(models)] if isinstance(models, str | Path) else models


def model_directions(model: Path) -> list[Direction]:
    """What a model translates, as far as its description tells."""
    description = read_description(open_folder(model))
    return directions_of(description["source"], description["target"], description["directions"])
