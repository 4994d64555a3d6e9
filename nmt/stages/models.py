"""The models that stages work with: one or several opened to translate together."""

from collections.abc import Sequence
from pathlib import Path

from nmt.decoding.model import EngineName, TranslationModel, load_translator
from nmt.model_folder.contents import read_description
from nmt.model_folder.store import open_folder
from nmt.text.directions import Direction, directions_of

Models = str | Path | Sequence[Path]  # a model folder, or several that are to translate together


def load_models(
    models: Models, *, source: str = "", target: str = "", device: str = "cpu", engine: EngineName = "auto"
) -> TranslationModel:
    """Open one or several model folders as one model between these languages, "" standing for any."""
    return load_translator(model_paths(models), device, engine).between(source, target)


def model_paths(models: Models) -> Sequence[Path]:
    """The folders of one model or several."""
    return [Path(models)] if isinstance(models, str | Path) else models


def model_directions(model: Path) -> list[Direction]:
    """What a model translates, as far as its description tells."""
    description = read_description(open_folder(model))
    return directions_of(description["source"], description["target"], description["directions"])
