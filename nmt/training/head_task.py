"""What the trainings of all heads on a translator's encoder share: the network, and its updates.

The translator is frozen, or trained too; or batches of translations take turns with those of the head (joint training).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt.data.batch import WIDTHS, Batch, cut, next_multiple
from nmt.data.tokenized_corpus import TokenizedCorpus, batch_rows
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import PAD_ID
from nmt.training.config import GUIDED_ATTENTION, HeadConfig
from nmt.training.gradients import BatchLoss, LazyBatch
from nmt.training.loss import AttentionGuide, translation_loss
from nmt.training.optimizer import learning_rate


class EncoderWithHead(nn.Module):
    """What is trained: the head, under its name, and the translator under it unless it is frozen."""

    def __init__(self, name: str, head: nn.Module, translator: TranslationNetwork, *, frozen: bool) -> None:
        super().__init__()
        self.add_module(name, head)
        self.translator = None if frozen else translator
        self._shared = (translator.eval(),)  # a tuple, so that a frozen translator is not registered as a submodule

    @property
    def encoder(self) -> TranslationNetwork:
        """The translator whose encoder is read, frozen or not."""
        return self._shared[0]


Network = TypeVar("Network", bound=EncoderWithHead)
MakeBatch = Callable[[NDArray[np.int64], int], BatchLoss[Network]]  # of rows, by a seed


def total_updates(lengths: Sequence[int], config: HeadConfig) -> int:
    """The updates of a training on sentences of these lengths, in subwords, with the translations in between."""
    return _updates_until(len(_rows(lengths, config, 0)) * config.epochs, config)


def head_rate(config: HeadConfig, total: int) -> Callable[[int], float]:
    """The learning rate of an update, counted from 1."""
    return lambda update: learning_rate(update, config.learning_rate, "cosine", config.warmup, total)


def head_updates(
    lengths: Sequence[int],
    make: MakeBatch[Network],
    translations: TokenizedCorpus | None,
    config: HeadConfig,
    epoch: int,
) -> list[list[LazyBatch[Network]]]:
    """The updates of an epoch over the sentences, one batch each, with translation batches in between."""
    own_rows = _rows(lengths, config, epoch)
    first, end = (_updates_until(number * len(own_rows), config) for number in (epoch, epoch + 1))
    own = (LazyBatch(rows=rows, make=make) for rows in own_rows)
    if translations is None:
        return [[batch] for batch in own]
    pairs = partial(batch_rows, translations, config.translation_batch_tokens, config.seed)
    translated: Iterator[LazyBatch[Network]] = (
        LazyBatch(rows=rows, make=partial(_translation_batch, translations, config))
        for rows in _batches_from(_translations(first, config), pairs)
    )
    turns = (_translations(update + 1, config) > _translations(update, config) for update in range(first, end))
    return [[next(translated if translation else own)] for translation in turns]


def _rows(lengths: Sequence[int], config: HeadConfig, epoch: int) -> list[NDArray[np.int64]]:
    """One epoch as batches of sentences of similar length, in an order that depends on seed and epoch.

    All epochs have the same number of batches.
    """
    random = np.random.default_rng([config.seed, epoch])
    widths = np.array([next_multiple(length + 1, WIDTHS) for length in lengths])
    order = random.permutation(len(widths))
    order = order[np.argsort(widths[order], kind="stable")]
    batches = [order[rows] for rows in cut(widths[order], config.batch_tokens)]
    return [batches[index] for index in random.permutation(len(batches))]


def _batches_from(number: int, rows: Callable[[int], list[NDArray[np.int64]]]) -> Iterator[NDArray[np.int64]]:
    """The batches of all epochs in turn, from batch number on; rows gives those of an epoch, one at least."""
    for epoch in count():
        batches = rows(epoch)
        yield from batches[number:]
        number = max(0, number - len(batches))


def _translations(updates: int, config: HeadConfig) -> int:
    """How many of the first updates belong to the translation task, which are spread evenly."""
    return math.floor(updates * config.translation_share) if config.encoder == "joint" else 0


def _updates_until(own: int, config: HeadConfig) -> int:
    """The number of updates after which the given number of them were the head's own."""
    updates = own
    while updates - _translations(updates, config) < own:
        updates += 1
    return updates


def _translation_batch(
    translations: TokenizedCorpus, config: HeadConfig, rows: NDArray[np.int64], _seed: int
) -> BatchLoss[Network]:
    batch = translations.batch(rows)
    tokens = int((batch.next_ids != PAD_ID).sum())
    guide = AttentionGuide.of(translations, GUIDED_ATTENTION)
    loss = partial(_translation_loss, batch, config.label_smoothing, guide)
    return BatchLoss(name="translate_loss", count=tokens, tokens=tokens, compute=loss)


def _translation_loss(batch: Batch, smoothing: float, guide: AttentionGuide | None, network: EncoderWithHead) -> Tensor:
    """The summed smoothed cross-entropy of a batch, in nats."""
    device = network.encoder.output_bias.device
    return translation_loss(network.encoder, batch.to(device), smoothing, guide=guide)
