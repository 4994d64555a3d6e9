"""The task of a language model: to foresee the next subword of running text, or of each line by itself.

Running text is cut into as many parts as an update has rows. Each part is read window by window; the state goes on from
one window to the next, and the gradient does not: truncated backpropagation through time (Williams and Peng, 1990).

Shapes: B rows, T window, L layers, N tensors in a cell's state, H hidden.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt.data.batch import WIDTHS, cut, next_multiple, pad
from nmt.errors import DataError
from nmt.models.language_model import LanguageModelNetwork
from nmt.text.tokenizer import EOS_ID
from nmt.training.config import LanguageModellingConfig
from nmt.training.gradients import BatchLoss, LazyBatch
from nmt.training.loop import Task, Validation
from nmt.training.loss import smoothed_cross_entropy
from nmt.training.optimizer import learning_rate
from nmt.training.softmax_sample import IGNORED
from nmt.training.state import TrainingState

Ids = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Text:
    """Lines as subwords, one after the other, each with its end."""

    ids: Ids
    ends: Ids  # where each line ends in ids, its end included

    @classmethod
    def of(cls, lines: Sequence[Sequence[int]]) -> "Text":
        """The text of lines, given without their ends."""
        ids = [number for line in lines for number in (*line, EOS_ID)]
        return cls(ids=np.array(ids, np.int64), ends=np.cumsum([len(line) + 1 for line in lines]))

    def line(self, number: int) -> Ids:
        """The subwords of a line, its end included."""
        return self.ids[self.ends[number - 1] if number else 0 : self.ends[number]]


class StreamedLanguageModel(nn.Module):
    """What is trained: the network, and the state in which the window before has left each row.

    The state is among the parameters, without a gradient, so that a checkpoint has it, too.
    """

    def __init__(self, model: LanguageModelNetwork, rows: int) -> None:
        super().__init__()
        self.model = model
        self.carried = nn.Parameter(model.start(rows), requires_grad=False)


def rows_of(text: Text, config: LanguageModellingConfig) -> int:
    """How many parts the text is read in side by side. Raises DataError if it is shorter than a window in each."""
    if not config.bptt:
        return 1
    rows = max(1, config.batch_tokens // config.bptt)
    if len(text.ids) < rows * config.bptt:
        raise DataError(
            f"the text has {len(text.ids):,} subwords, fewer than one window in each row has, {rows * config.bptt:,}; "
            "give more text, or lower language_modelling.batch_tokens"
        )
    return rows


def language_model_task(
    text: Text,
    valid: Text,
    config: LanguageModellingConfig,
    save: Callable[[TrainingState[StreamedLanguageModel], Validation], None],
) -> Task[StreamedLanguageModel]:
    """The task of foreseeing a text, given a function to save the model."""
    rows = rows_of(text, config)
    updates = partial(_windows, text, rows, config) if config.bptt else partial(_lines, text, config)
    total = len(updates(0)) * config.epochs
    return Task(
        config=config,
        total=total,
        updates=updates,
        learning_rate=lambda update: learning_rate(update, config.learning_rate, "cosine", config.warmup, total),
        validate=partial(_validate, valid, config),
        save=save,
    )


# Running text


def _windows(
    text: Text, rows: int, config: LanguageModellingConfig, epoch: int
) -> list[list[LazyBatch[StreamedLanguageModel]]]:
    """The windows of an epoch, one an update. The text begins elsewhere in each epoch, so that windows differ."""
    length = len(text.ids) // rows
    first = int(np.random.default_rng([config.seed, epoch]).integers(len(text.ids)))
    return [
        [LazyBatch(rows=np.arange(rows), make=partial(_window, text, first, length, start, config.bptt))]
        for start in range(0, length, config.bptt)
    ]


def _window(
    text: Text, first: int, length: int, start: int, bptt: int, rows: NDArray[np.int64], _seed: int
) -> BatchLoss[StreamedLanguageModel]:
    steps = np.arange(start, min(start + bptt, length))
    places = first + rows[:, None] * length + steps  # of what is foreseen; what is read stands before each
    previous, following = (torch.from_numpy(text.ids[each % len(text.ids)]) for each in (places - 1, places))
    loss = partial(_window_loss, previous, following, start == 0)
    return BatchLoss(name="loss", count=following.numel(), tokens=following.numel(), compute=loss)


def _window_loss(previous: Tensor, following: Tensor, begins: bool, network: StreamedLanguageModel) -> Tensor:
    """The summed loss of a window, in nats; the state after it is left for the next one."""
    model, device = network.model, network.carried.device
    states = torch.zeros_like(network.carried) if begins else network.carried.detach().clone()
    hidden, after = model.hidden(previous.to(device), states)
    network.carried.data.copy_(after.detach())
    return _loss(model, hidden, following.to(device))


# Each line by itself


def _lines(text: Text, config: LanguageModellingConfig, epoch: int) -> list[list[LazyBatch[StreamedLanguageModel]]]:
    """Batches of lines of similar length, one an update, in an order that depends on seed and epoch."""
    random = np.random.default_rng([config.seed, epoch])
    batches = _batches(text, config, random.permutation(len(text.ends)))
    return [
        [LazyBatch(rows=batches[place], make=partial(_line_batch, text))] for place in random.permutation(len(batches))
    ]


def _batches(text: Text, config: LanguageModellingConfig, order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    widths = next_multiple(np.diff(text.ends, prepend=0), WIDTHS)
    order = order[np.argsort(widths[order], kind="stable")]
    return [order[rows] for rows in cut(widths[order], config.batch_tokens)]


def _line_batch(text: Text, rows: NDArray[np.int64], _seed: int) -> BatchLoss[StreamedLanguageModel]:
    lines = [text.line(row) for row in rows]
    tokens = sum(map(len, lines))
    return BatchLoss(name="loss", count=tokens, tokens=tokens, compute=lambda network: _line_loss(lines, network.model))


def _line_loss(lines: Sequence[Ids], model: LanguageModelNetwork) -> Tensor:
    """The summed loss of lines, each from the state before any text."""
    device = model.output_bias.device
    following = pad([line.tolist() for line in lines]).to(device)
    previous = torch.cat([torch.full_like(following[:, :1], EOS_ID), following[:, :-1]], dim=1)
    hidden, _ = model.hidden(previous, model.start(len(lines)))
    lengths = torch.tensor([len(line) for line in lines], device=device)
    padding = torch.arange(following.shape[1], device=device) >= lengths[:, None]
    return _loss(model, hidden, following.masked_fill(padding, IGNORED))


def _loss(model: LanguageModelNetwork, hidden: Tensor, targets: Tensor) -> Tensor:
    return smoothed_cross_entropy(
        hidden.flatten(0, 1), model.target_embedding.weight, model.output_bias, targets.flatten(), smoothing=0.0
    )


@torch.no_grad()
def _validate(valid: Text, config: LanguageModellingConfig, network: StreamedLanguageModel) -> Validation:
    """The loss in nats a subword, by which the best is chosen, and the perplexity."""
    if config.bptt:
        loss = _stream_loss(valid, network.model)
    else:
        batches = _batches(valid, config, np.arange(len(valid.ends)))
        loss = sum(_line_loss([valid.line(row) for row in rows], network.model).item() for rows in batches)
    loss /= len(valid.ids)
    return Validation(score=-loss, figures={"loss": loss, "perplexity": math.exp(min(loss, 700.0))})


def _stream_loss(valid: Text, model: LanguageModelNetwork) -> float:
    """The summed loss of a whole text, read from its beginning with the state carried on."""
    device = model.output_bias.device
    ids = torch.from_numpy(np.concatenate([[EOS_ID], valid.ids])).to(device)
    states, loss = model.start(1), 0.0
    for start in range(0, len(valid.ids), 1024):
        piece = ids[start : start + 1025]
        hidden, states = model.hidden(piece[None, :-1], states)
        loss += _loss(model, hidden, piece[None, 1:]).item()
    return loss
