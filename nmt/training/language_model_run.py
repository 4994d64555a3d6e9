"""A language model's training in its folder: what it is given, how it resumes, and what it saves."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nmt.errors import DataError, ModelError
from nmt.model_folder import store
from nmt.model_folder.contents import language_model_parts
from nmt.model_folder.descriptions import LanguageModelDescription
from nmt.model_folder.tensors import to_bytes
from nmt.models.config import LanguageModelConfig
from nmt.models.device import check_device
from nmt.models.language_model import LanguageModelNetwork
from nmt.text.tokenizer import Tokenizer
from nmt.training.checkpoint import job_keys, load_checkpoint, require_same_job
from nmt.training.compute import configure_torch, seed_torch
from nmt.training.config import LanguageModellingConfig
from nmt.training.language_model_task import StreamedLanguageModel, Text, language_model_task, rows_of
from nmt.training.loop import Validation
from nmt.training.run import Progress, RunFolder, run_training
from nmt.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class LanguageModelJob:
    """A language model to train, and its text."""

    model: LanguageModelConfig
    training: LanguageModellingConfig
    tokenizer: Tokenizer
    train: Sequence[str]
    valid: Sequence[str]


def train_language_model_run(
    job: LanguageModelJob, run: Path, device: str, report: Callable[[Progress], None], stop: Callable[[], bool]
) -> bool:
    """Train job in the folder run until it is done or stop() is true; save either way. Returns whether it is done.

    Raises ConfigError if the folder holds a training of another job, ModelError if it holds another model, and
    DataError for a text that is too short.
    """
    check_device(device)
    settings = job.training
    configure_torch(settings.threads)
    seed_torch(settings.seed)
    text, valid = (Text.of(job.tokenizer.encode_batch(lines)) for lines in (job.train, job.valid))
    if not len(valid.ids):
        raise DataError("the validation text has no line; give some")
    model = LanguageModelNetwork(job.model, job.tokenizer.vocab_size)
    network = StreamedLanguageModel(model, rows_of(text, settings)).to(device)
    state = TrainingState.start(network, "adamw", settings.weight_decay, averaged=settings.ema_decay > 0)
    task = language_model_task(text, valid, settings, partial(_save_model, job, run, len(text.ids)))
    folder = RunFolder(path=run, identity=_identity(job))
    _resume(state, folder)
    return run_training(task, state, folder, report, stop)


def _identity(job: LanguageModelJob) -> dict[str, Any]:
    """What must be unchanged for resumed training to give the same weights."""
    content = hashlib.sha256(job.tokenizer.to_bytes())
    for line in (*job.train, "", *job.valid):
        content.update(line.encode() + b"\n")
    return {
        "data and tokenizer": content.hexdigest(),
        **job_keys(language_model=job.model, language_modelling=job.training),
    }


def _resume(state: TrainingState[StreamedLanguageModel], folder: RunFolder) -> None:
    """Restore the state of the folder's checkpoint; save a first one if the folder is empty."""
    run = folder.path
    checkpoint = load_checkpoint(run)
    if checkpoint is None:
        if store.exists(run):  # it is written after the first checkpoint
            raise ModelError(f"{run}: holds a model, but no training of it to resume; choose another folder")
        folder.save(state)
        return
    tensors, numbers = checkpoint
    require_same_job(numbers["job"], folder.identity, f"{run}: was begun", "choose another folder")
    state.load_state_dict(tensors, numbers["state"])


def _save_model(
    job: LanguageModelJob,
    run: Path,
    subwords: int,
    state: TrainingState[StreamedLanguageModel],
    validation: Validation,
) -> None:
    found = {f"valid_{name}": value for name, value in validation.figures.items()}
    description: LanguageModelDescription = {
        "language_model": asdict(job.model),
        "stream": job.training.bptt > 0,
        "training": {"subwords": subwords, "update": state.update, **found, **asdict(job.training)},
    }
    weights = {
        name.removeprefix("model."): tensor for name, tensor in state.weights().items() if name.startswith("model.")
    }
    store.save(run, language_model_parts(description, to_bytes(weights), job.tokenizer))
