"""`nmt export`: an int8 engine for a model, or a small copy of the model."""

from itertools import chain
from pathlib import Path

from nmt.engines.export import add_engine, save_small
from nmt.errors import ConfigError
from nmt.io.files import refuse_overwriting
from nmt.model_folder import store
from nmt.model_folder.locking import lock
from nmt.model_folder.manifest import CHECKPOINT
from nmt.model_folder.parts import INT8
from nmt.stages.models import Models, model_paths
from nmt.stages.paths import model_files
from nmt.training.checkpoint import HEAD_FOLDERS


def export(*, model: Models, out: Path | None = None) -> Path:
    """Add the engine for the CPU to a model folder or, with out, save a small copy with what is needed to use it.

    Of several models the copy has the mean of the weights, and all else of the first. Returns the folder that was
    written.
    """
    models = [Path(path) for path in model_paths(model)]
    for path in models:
        store.open_folder(path)  # raises ModelError if there is none; the lock would create the folder
    if out is None:
        if len(models) > 1:
            raise ConfigError("several models become one of their mean weights; name its folder by --out")
        with lock(models[0]):  # training may save another translator meanwhile
            add_engine(models[0])
    else:
        refuse_overwriting(model_files(out), chain.from_iterable(map(model_files, models)))
        if any((out / folder).exists() for folder in (CHECKPOINT, *HEAD_FOLDERS)):
            raise ConfigError(f"{out}: holds a training run, which a small copy would replace; choose another folder")
        save_small(models, out)
    return out or models[0]


def add_missing_engine(model: Path) -> None:
    """Add the engine to a model that has just been trained, if there is a model and it has no engine."""
    if store.exists(model) and not store.open_folder(model).has(INT8):
        add_engine(model)
