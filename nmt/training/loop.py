"""The training loop for all tasks: a generator that does one update at a time and reports it.

Everything random in an update is seeded by (seed, update), so resumed training needs no saved random states: it draws
the same numbers as uninterrupted training.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Generic, Literal

from nmt.training.config import TaskConfig
from nmt.training.gradients import LazyBatch, add_gradients
from nmt.training.processes import ALONE, Processes, shared
from nmt.training.state import Network, TrainingState


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How good a network is on the validation set."""

    score: float  # higher is better; the best network is chosen by it
    figures: Mapping[str, float]  # what was measured, by its names in logs


@dataclass(frozen=True, kw_only=True)
class Task(Generic[Network]):
    """What a network is trained for: its batches, its validation, and how it is saved."""

    config: TaskConfig
    total: int  # updates, unless patience ends training earlier
    updates: Callable[
        [int], Sequence[Sequence[LazyBatch[Network]]]
    ]  # of an epoch, counted from 0; each update is a sequence of batches
    learning_rate: Callable[[int], float]  # of an update, counted from 1
    validate: Callable[[Network], Validation]
    save: Callable[[TrainingState[Network], Validation], None]  # as a model to use
    validate_every: int = 0  # updates; 0 means at the end of each epoch
    keep: Literal["best", "last"] = "best"  # which of the validated networks is kept


@dataclass(frozen=True, kw_only=True)
class UpdateReport:
    """What one update did."""

    name: str  # of the loss
    loss: float  # nats per target subword or sentence, including label smoothing and R-Drop
    tokens: int  # subwords as segmented for this update, including sentence ends
    learning_rate: float
    grad_norm: float


def run_updates(
    state: TrainingState[Network], task: Task[Network], processes: Processes = ALONE
) -> Iterator[UpdateReport | Validation]:
    """Train from the given state to the end, and yield a report after each update and validation, in all processes.

    The state is consistent at every report: the consumer may save it, or stop. Raises NMTError if the loss or the
    gradient is not finite; the state is then as it was before that update.
    """
    config = task.config
    updates = task.updates(state.epoch)
    while True:
        if _validation_is_due(state, task):
            state.validated = state.update
            with state.averaged_weights() as model:
                found = shared(processes, partial(_validated, task, model))
            yield Validation(**found)
        if finished(state, task):
            return
        update = state.update + 1
        seed = config.seed * 1_000_003 + update
        loss = add_gradients(state.model.train(), updates[state.position], seed, config, processes)
        rate = task.learning_rate(update)
        grad_norm = state.apply_gradients(loss.mean, rate, config.max_grad_norm, config.ema_decay)
        state.position += 1
        if state.position == len(updates):
            state.epoch, state.position = state.epoch + 1, 0
            updates = task.updates(state.epoch)
        yield UpdateReport(name=loss.name, loss=loss.mean, tokens=loss.tokens, learning_rate=rate, grad_norm=grad_norm)


def finished(state: TrainingState[Network], task: Task[Network]) -> bool:
    """Whether no updates are left."""
    patience = task.config.patience
    return state.update >= task.total or bool(patience and state.validations_since_best >= patience)


def _validated(task: Task[Network], model: Network) -> dict[str, Any]:
    return asdict(task.validate(model.eval()))


def _validation_is_due(state: TrainingState[Network], task: Task[Network]) -> bool:
    """Whether to validate before the next update; training may also have been stopped just before a validation."""
    at_end = state.position == 0 if task.validate_every == 0 else state.update % task.validate_every == 0
    return state.validated < state.update and (at_end or state.update == task.total)
