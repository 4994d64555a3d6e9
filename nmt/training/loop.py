"""The training loop for all tasks: a generator that does one update at a time and reports it.

Everything random in an update is seeded by (seed, update), so resumed training needs no saved random states: it draws
the same numbers as uninterrupted training.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal

from torch import Tensor

from nmt.training.compute import autocast, seed_torch
from nmt.training.config import TaggingConfig, TrainingConfig
from nmt.training.state import Network, TrainingState


@dataclass(frozen=True, kw_only=True)
class BatchLoss(Generic[Network]):
    """The loss of a batch, which has not been computed yet."""

    name: str  # in logs: "loss", or another for each kind of loss that a task has
    count: int  # number of terms in the sum: target subwords or sentences
    tokens: int  # subwords, for the measurement of speed
    compute: Callable[[Network], Tensor]  # the sum, in nats


LazyBatch = Callable[[int], BatchLoss[Network]]  # makes the batch when it is needed, given the seed of its update


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How good a network is on the validation set."""

    score: float  # higher is better; the best network is chosen by it
    figures: Mapping[str, float]  # what was measured, by its names in logs


@dataclass(frozen=True, kw_only=True)
class Task(Generic[Network]):
    """What a network is trained for: its batches, its validation, and how it is saved."""

    config: TrainingConfig | TaggingConfig
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


def run_updates(state: TrainingState[Network], task: Task[Network]) -> Iterator[UpdateReport | Validation]:
    """Train from the given state to the end, and yield a report after each update and validation.

    The state is consistent at every report: the consumer may save it, or stop. Raises NMTError if the loss or the
    gradient is not finite; the state is then as it was before that update.
    """
    config = task.config
    updates = task.updates(state.epoch)
    while True:
        if _validation_is_due(state, task):
            state.validated = state.update
            with state.averaged_weights() as model:
                validation = task.validate(model.eval())
            yield validation
        if finished(state, task):
            return
        update = state.update + 1
        seed = config.seed * 1_000_003 + update
        seed_torch(seed)
        batches = [make_batch(seed) for make_batch in updates[state.position]]
        loss = _add_gradients(state.model.train(), batches, config)
        rate = task.learning_rate(update)
        grad_norm = state.apply_gradients(loss, rate, config.max_grad_norm, config.ema_decay)
        state.position += 1
        if state.position == len(updates):
            state.epoch, state.position = state.epoch + 1, 0
            updates = task.updates(state.epoch)
        tokens = sum(batch.tokens for batch in batches)
        yield UpdateReport(name=batches[0].name, loss=loss, tokens=tokens, learning_rate=rate, grad_norm=grad_norm)


def finished(state: TrainingState[Network], task: Task[Network]) -> bool:
    """Whether no updates are left."""
    patience = task.config.patience
    return state.update >= task.total or bool(patience and state.validations_since_best >= patience)


def _validation_is_due(state: TrainingState[Network], task: Task[Network]) -> bool:
    """Whether to validate before the next update; training may also have been stopped just before a validation."""
    at_end = state.position == 0 if task.validate_every == 0 else state.update % task.validate_every == 0
    return state.validated < state.update and (at_end or state.update == task.total)


def _add_gradients(
    model: Network, batches: Sequence[BatchLoss[Network]], config: TrainingConfig | TaggingConfig
) -> float:
    """Add the gradients of the mean loss per counted term (see BatchLoss.count), and return that mean."""
    count = sum(batch.count for batch in batches)  # subword sampling changes their number
    loss, device = 0.0, next(model.parameters()).device
    for batch in batches:
        with autocast(config.precision, device):
            batch_loss = batch.compute(model)
        (batch_loss / count).backward()
        loss += batch_loss.item() / count
    return loss
