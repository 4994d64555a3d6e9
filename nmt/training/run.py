"""A training run in its folder, for all tasks: checkpoints, log and progress, until it is done or stopped."""

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from nmt.errors import ConfigError
from nmt.model_folder import tensors as weights
from nmt.model_folder.manifest import CHECKPOINT
from nmt.training.checkpoint import FINGERPRINTS, save_checkpoint
from nmt.training.log import TrainingLog
from nmt.training.loop import Task, UpdateReport, Validation, finished, run_updates
from nmt.training.processes import ALONE, Processes, any_of, shared
from nmt.training.state import Network, TrainingState


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """The folder of a training run's checkpoint and logs; the caller holds its lock."""

    path: Path
    identity: Mapping[str, Any]  # what must be unchanged for resumed training to give the same weights
    prefix: str = ""  # of file names: a folder may hold the training runs of several networks

    def save(self, state: TrainingState[Any]) -> None:
        """Save a checkpoint, all or nothing."""
        tensors, numbers = state.state_dict()
        save_checkpoint(self.path, tensors, {"job": self.identity, "state": numbers}, f"{self.prefix}{CHECKPOINT}")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The progress of training after an update or a validation."""

    update: int
    total: int
    epoch: int  # of the last update, counted from 1
    losses: Mapping[str, float]  # means over the last updates, by name
    tokens_per_second: float  # over the last updates, without validations
    seconds_left: float
    validation: Validation | None = None  # None after an update
    best: bool = False  # whether that validation is the best so far
    saved: bool = False  # whether the network of that validation was saved


def run_training(
    task: Task[Network],
    state: TrainingState[Network],
    folder: RunFolder,
    report: Callable[[Progress], None],
    stop: Callable[[], bool],
    processes: Processes = ALONE,
) -> bool:
    """Train from where the state stands until it is done or stop says so, in any process; either way all is saved.

    Returns whether it is done. The first process writes the folder and reports, the others compute.
    """
    if processes.rank:
        return _train_along(task, state, stop, processes)
    log = TrainingLog(folder.path, state.update, state.validated, folder.prefix)
    meter = _Meter(task.total, task.config.report_every)
    for event in run_updates(state, task, processes):
        if isinstance(event, UpdateReport):
            progress = meter.add(event, state)
            report(progress)
            if state.update % task.config.report_every == 0:
                log.write(_log_line(progress, event))
            if state.update % task.config.save_every == 0:
                folder.save(state)
        else:
            best = state.record_validation(event.score, event.figures)
            saved = best or task.keep == "last"
            if saved:
                task.save(state, event)
            log.write({"update": state.update} | {f"valid_{name}": value for name, value in event.figures.items()})
            folder.save(state)
            report(meter.validated(event, state, best, saved))
        if any_of(processes, stop()):
            break
    folder.save(state)
    return _done(state, task)


def begin(
    state: TrainingState[Any], identity: Mapping[str, Any], resume: Callable[[], None], processes: Processes
) -> None:
    """Restore the state by resume, in the first process, and give it to all others.

    Raises ConfigError in a process that is to train something else than the first, or computes in another way.
    """
    if processes.count == 1:
        return resume()
    _check_same({**identity, **_computation()}, processes)
    if not processes.rank:
        resume()
    tensors, numbers = state.state_dict()
    tensors = weights.parse(processes.broadcast(lambda: weights.to_bytes(tensors)), "the first process")
    state.load_state_dict(tensors, shared(processes, lambda: numbers))
    return None


def _train_along(
    task: Task[Network], state: TrainingState[Network], stop: Callable[[], bool], processes: Processes
) -> bool:
    for event in run_updates(state, task, processes):
        if isinstance(event, Validation):
            state.record_validation(event.score, event.figures)
        if any_of(processes, stop()):
            break
    return _done(state, task)


def _done(state: TrainingState[Network], task: Task[Network]) -> bool:
    return finished(state, task) and state.validated == state.update


def _computation() -> dict[str, Any]:
    """What the last bits of weights depend on besides settings and data."""
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "CPU": torch.backends.cpu.get_cpu_capability(),
    }


def _check_same(own: Mapping[str, Any], processes: Processes) -> None:
    first = shared(processes, lambda: own)
    for key, value in json.loads(json.dumps(own)).items():
        if value != first.get(key):
            differs = "" if key in FINGERPRINTS else f" ({value!r}, not {first.get(key)!r})"
            raise ConfigError(
                f"process {processes.rank} has other {key} than process 0{differs}; "
                "start all with the same command, configuration and files"
            )


def _log_line(progress: Progress, event: UpdateReport) -> dict[str, float]:
    return {
        "update": progress.update,
        "epoch": progress.epoch,
        **progress.losses,
        "learning_rate": event.learning_rate,
        "grad_norm": event.grad_norm,
        "tokens_per_second": progress.tokens_per_second,
    }


class _Meter:
    """Rates and averages over the last updates."""

    def __init__(self, total: int, every: int) -> None:
        self._total = total
        self._start = time.monotonic()
        self._recent: deque[tuple[float, UpdateReport]] = deque(maxlen=every)

    def add(self, event: UpdateReport, state: TrainingState[Any]) -> Progress:
        """Count an update, and return the progress."""
        self._recent.append((time.monotonic() - self._start, event))
        self._start = time.monotonic()
        return self._progress(state)

    def validated(self, event: Validation, state: TrainingState[Any], best: bool, saved: bool) -> Progress:
        """Exclude the time of a validation, and return the progress."""
        self._start = time.monotonic()
        return self._progress(state, validation=event, best=best, saved=saved)

    def _progress(self, state: TrainingState[Any], **validated: Any) -> Progress:
        seconds = sum(seconds for seconds, _ in self._recent)
        events = [event for _, event in self._recent]  # empty if resumed training begins with a validation
        names = dict.fromkeys(event.name for event in events)
        return Progress(
            update=state.update,
            total=self._total,
            epoch=state.epochs_begun,
            losses={name: fmean(event.loss for event in events if event.name == name) for name in names},
            tokens_per_second=sum(event.tokens for event in events) / seconds if events else 0.0,
            seconds_left=(self._total - state.update) * seconds / max(1, len(events)),
            **validated,
        )
