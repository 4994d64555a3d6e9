"""The models that stages work with: a single one, or several as an ensemble."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from nmt.decoding.model import EngineName, TranslationModel, onnx_encoder, translator_of, usual_engine
from nmt.decoding.tagger import TaggingModel, name_finder, tagger_of
from nmt.model_folder.contents import open_model
from nmt.model_folder.descriptions import read_description
from nmt.model_folder.parts import TAGGER_DESCRIPTION
from nmt.model_folder.store import open_folder
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
    opened = [open_model(path) for path in model_paths(models)]
    if not opened[0].folder.has(TAGGER_DESCRIPTION):
        return translator_of(opened, device, engine), None
    by_onnx = (usual_engine([one.folder for one in opened], device) if engine == "auto" else engine) == "onnx"
    encoder = onnx_encoder(opened[0], device) if by_onnx else None
    with ThreadPoolExecutor(1) as thread:  # side by side, since both take a tenth of a second
        loading = thread.submit(tagger_of, opened[0], device, engine, encoder)
        model = translator_of(opened, device, engine, encoder)
    tagger = loading.result()
    return (replace(model, tag=name_finder(tagger)) if model.placeholders else model), tagger


def model_paths(models: Models) -> Sequence[Path]:
    """The folders of one model or of an ensemble."""
    return [Path(models)] if isinstance(models, str | Path) else models


def model_sums(model: Path) -> dict[str, str]:
    """What tells a model from others: the sha256 of each part of its folder, by name."""
    return {name: part.sha256 for name, part in open_folder(model).parts.items()}


def model_directions(model: Path) -> list[Direction]:
    """The directions that a model translates in, by its description."""
    description = read_description(open_folder(model))
    return directions_of(description["source"], description["target"], description["directions"])
