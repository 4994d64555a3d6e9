"""The models that stages work with: a single one, or several as an ensemble."""

from collections.abc import Sequence
from pathlib import Path

from nmt.decoding.model import EngineName, TranslationModel, load_translator
from nmt.model_folder.contents import read_description
from nmt.model_folder.store import open_folder
from nmt.text.directions import Direction, directions_of

Models = str | Path | Sequence[Path]  # a model folder, or the folders of an ensemble


def load_models(
    models: Models, *, source: str = "", target: str = "", device: str = "cpu", engine: EngineName = "auto"
) -> TranslationModel:
    """Open one or several model folders as one model between these languages; "" means any."""
    return load_translator(model_paths(models), device, engine).between(source, target)


def model_paths(models: Models) -> Sequence[Path]:
    """The folders of one model or of an ensemble."""
    return [Path(models)] if isinstance(models, str | Path) else models


def model_directions(model: Path) -> list[Direction]:
    """The directions that a model translates in, by its description."""
    description = read_description(open_folder(model))
    return directions_of(description["source"], description["target"], description["directions"])
