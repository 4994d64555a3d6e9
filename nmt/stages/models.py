"""The models that stages work with: a single one, or several as an ensemble."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from nmt.decoding.model import EngineName, TranslationModel, load_translator
from nmt.decoding.tagger import TaggingModel, load_tagger, name_finder
from nmt.model_folder.contents import TAGGER_DESCRIPTION, read_description
from nmt.model_folder.store import exists, open_folder
from nmt.text.directions import Direction, directions_of

Models = str | Path | Sequence[Path]  # a model folder, or the folders of an ensemble


def load_models(
    models: Models, *, source: str = "", target: str = "", device: str = "cpu", engine: EngineName = "auto"
) -> TranslationModel:
    """Open one or several model folders as one model between these languages, "" standing for any.

    If the first has a tagger, it finds names to protect.
    """
    model, _ = load_with_tagger(models, device=device, engine=engine)
    return model.between(source, target)


def load_with_tagger(
    models: Models, *, device: str = "cpu", engine: EngineName = "auto"
) -> tuple[TranslationModel, TaggingModel | None]:
    """The same in the model's first direction, and the first folder's tagger, if it has one."""
    paths = model_paths(models)
    with ThreadPoolExecutor(1) as thread:  # side by side, since both take a tenth of a second
        loading = thread.submit(_tagger, paths[0], device, engine)
        model = load_translator(paths, device, engine)
    tagger = loading.result()
    return (replace(model, tag=name_finder(tagger)) if tagger and model.placeholders else model), tagger


def _tagger(path: Path, device: str, engine: EngineName) -> TaggingModel | None:
    if not exists(path) or not open_folder(path).has(TAGGER_DESCRIPTION):
        return None  # or what is wrong with the folder is told by who loads the translator
    return load_tagger(path, device, engine)


def model_paths(models: Models) -> Sequence[Path]:
    """The folders of one model or of an ensemble."""
    return [Path(models)] if isinstance(models, str | Path) else models


def model_directions(model: Path) -> list[Direction]:
    """The directions that a model translates in, by its description."""
    description = read_description(open_folder(model))
    return directions_of(description["source"], description["target"], description["directions"])
