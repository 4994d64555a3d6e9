"""The training loop: a generator that does one update at a time and tells what happened.

Everything random in an update is seeded by (seed, update), so a resumed training needs no random states: it draws
what an undisturbed one would have drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.data.tokenized_corpus import TokenizedCorpus, batch_rows
from nmt.models.translator import Translator
from nmt.text.tokenizer import PAD_ID
from nmt.training.config import TrainingConfig
from nmt.training.loss import translation_loss
from nmt.training.optimizer import learning_rate
from nmt.training.precision import autocast
from nmt.training.seeds import seed_torch
from nmt.training.state import TrainingState


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
