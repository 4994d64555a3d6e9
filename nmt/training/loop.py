"""The training loop: a generator that does one update at a time and tells what happened.

Everything random in an update is seeded by (seed, update), so a resumed training needs no random states: it draws
what an undisturbed one would have drawn.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.data.tokenized_corpus import TokenizedCorpus, batch_rows
from nmt.errors import ConfigError
from nmt.models.translator import Translator
from nmt.text.tokenizer import PAD_ID
from nmt.training.loss import translation_loss
from nmt.training.optimizer import Optimizer, Schedule, learning_rate
from nmt.training.precision import Precision, autocast
from nmt.training.seeds import seed_torch
from nmt.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a translator is trained."""

    epochs: int = 20
    max_updates: int = 0  # stop after that many; 0 means no limit but epochs
    batch_tokens: int = 4096  # target subwords a batch, padding included, as segmented without subword_sampling
    accumulate: int = 1  # batches an update
    max_length: int = 200  # pairs with a longer side, in subwords, are left out
    optimizer: Optimizer = "adamw"
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    schedule: Schedule = "cosine"
    warmup: int = 400  # updates
    max_grad_norm: float = 1.0
    label_smoothing: float = 0.1
    teacher_forcing: float = 1.0  # share of target subwords that are shown as they are (scheduled sampling below 1)
    r_drop: float = 0.0  # alpha of R-Drop, every pair read twice with different dropout; 0 turns it off
    placeholders: bool = False  # for numbers, addresses and unknown names, which come through letter by letter
    subword_sampling: float = 0.0  # alpha of subword regularisation; 0 turns it off
    ema_decay: float = 0.0  # save the moving average of the weights; 0 saves the weights themselves
    validate_every: int = 0  # updates; 0 means once an epoch
    validate_by: str = "bleu"  # or "loss"
    patience: int = 0  # stop after that many validations without a better one; 0 never stops early
    save_every: int = 500  # updates between checkpoints, besides those at validations
    report_every: int = 50  # updates
    precision: Precision = "auto"
    threads: int = 0  # 0 means all processors; another number gives other last bits
    seed: int = 1

    def __post_init__(self) -> None:
        choices = {
            "optimizer": ("adamw", "adam", "rmsprop", "sgd"),
            "schedule": ("cosine", "inverse_sqrt", "constant"),
            "validate_by": ("bleu", "loss"),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"training.{name} is {getattr(self, name)!r}; choose one of {', '.join(allowed)}")
        for name in ("epochs", "batch_tokens", "accumulate", "max_length", "save_every", "report_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be at least 1")
        for name in ("max_updates", "weight_decay", "warmup", "validate_every", "patience", "threads", "seed"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be at least 0")
        for name in ("learning_rate", "max_grad_norm"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be above 0")
        if not 0 <= self.r_drop < math.inf:
            raise ConfigError(f"training.r_drop is {self.r_drop}; it must be at least 0")
        for name in ("label_smoothing", "ema_decay"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be at least 0 and below 1")
        for name in ("teacher_forcing", "subword_sampling"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class UpdateReport:
    """What one update did."""

    update: int
    epoch: int  # counted from 1
    loss: float  # nats a target subword, label smoothing and R-Drop included
    tokens: int  # target subwords as they were segmented for it, sentence ends included
    learning_rate: float
    grad_norm: float


@dataclass(frozen=True, kw_only=True)
class Validation:
    """How good the model is on the validation set."""

    update: int
    loss: float  # nats a target subword, without label smoothing
    bleu: float


def train(
    state: TrainingState[Translator],
    corpus: TokenizedCorpus,
    config: TrainingConfig,
    validate: Callable[[Translator, int], Validation],
) -> Iterator[UpdateReport | Validation]:
    """Train from where the state stands to the end, and report each update and validation when it is done.

    The state is whole at every report: whoever consumes them may save it, or stop. Raises NMTError when the loss or
    the gradient is not a finite number; the state is then as it was before that update.
    """
    device = state.model.output_bias.device
    total = total_updates(corpus, config)
    updates = _epoch_updates(corpus, config, state.epoch)
    validate_every = config.validate_every or len(updates)
    while True:
        due = state.update % validate_every == 0 or state.update == total
        if due and state.validated < state.update:  # a training may have been stopped just before
            state.validated = state.update
            with state.with_weights() as model:
                validation = validate(model.eval(), state.update)
            yield validation
        if finished(state, total, config):
            return
        update = state.update + 1
        seed = config.seed * 1_000_003 + update
        seed_torch(seed)
        rate = learning_rate(update, config.learning_rate, config.schedule, config.warmup, total)
        batches = [
            corpus.batch(rows, config.subword_sampling, seed * config.accumulate + part)
            for part, rows in enumerate(updates[state.position])
        ]
        tokens = sum(int((batch.next_ids != PAD_ID).sum()) for batch in batches)  # sampling changes how many there are

        state.model.train()
        loss = 0.0
        for batch in batches:
            with autocast(config.precision, device):
                part_loss = translation_loss(
                    state.model, batch.to(device), config.label_smoothing, config.teacher_forcing, config.r_drop
                )
            (part_loss / tokens).backward()
            loss += part_loss.item() / tokens
        grad_norm = state.apply_gradients(loss, rate, config.max_grad_norm, config.ema_decay)

        state.position += 1
        epoch = state.epoch + 1
        if state.position == len(updates):
            state.epoch, state.position = epoch, 0
            updates = _epoch_updates(corpus, config, epoch)
        yield UpdateReport(
            update=update, epoch=epoch, loss=loss, tokens=tokens, learning_rate=rate, grad_norm=grad_norm
        )


def total_updates(corpus: TokenizedCorpus, config: TrainingConfig) -> int:
    """How many updates a training makes if it does not stop early; every epoch has as many."""
    updates = len(_epoch_updates(corpus, config, 0)) * config.epochs
    return min(updates, config.max_updates) if config.max_updates else updates


def finished(state: TrainingState[Translator], total: int, config: TrainingConfig) -> bool:
    """Whether nothing is left to do."""
    return state.update >= total or bool(config.patience and state.worse >= config.patience)


def _epoch_updates(corpus: TokenizedCorpus, config: TrainingConfig, epoch: int) -> list[list[NDArray[np.int64]]]:
    """The batches of one epoch, grouped by update."""
    batches = batch_rows(corpus, config.batch_tokens, config.seed, epoch)
    return [batches[start : start + config.accumulate] for start in range(0, len(batches), config.accumulate)]
