"""`nmt export`: a model folder made ready for use."""

from pathlib import Path

from nmt.engines.export import add_engine, save_small
from nmt.errors import ConfigError
from nmt.io.files import refuse_overwriting
from nmt.model_folder import store
from nmt.model_folder.contents import INT8
from nmt.model_folder.manifest import CHECKPOINT
from nmt.stages.paths import model_files
from nmt.training.checkpoint import TAGGER_FOLDER


def export(*, model: Path, out: Path | None = None) -> Path:
    """Add the engine for processors to a model folder, or save a small copy with nothing but what use needs as out.

    Returns where it was saved.
    """
    store.open_folder(model)  # or it says that there is none: a lock would make the folder
    if out is None:
        with store.lock(model):  # a training may save another translator meanwhile
            add_engine(model)
    else:
        refuse_overwriting(model_files(out), model_files(model))
        if any((out / folder).exists() for folder in (CHECKPOINT, TAGGER_FOLDER)):
            raise ConfigError(f"{out}: holds a training, which a small copy would end; choose another folder")
        save_small(model, out)
    return out or model


def add_missing_engine(model: Path) -> None:
    """Export the engine of a model that a training has just left, unless there is none or it has one."""
    if store.exists(model) and not store.open_folder(model).has(INT8):
        add_engine(model)
