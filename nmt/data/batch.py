"""Batches: sentence pairs padded to rectangles.

Shapes: B batch, S source length, T target length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.text.tokenizer import BOS_ID, EOS_ID, PAD_ID

# Batch sizes are multiples of these: for each new shape of a matrix product, oneDNN needs milliseconds and memory.
WIDTHS, HEIGHTS = 2, 8

Number = TypeVar("Number", int, NDArray[np.int64])


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Sentence pairs padded to rectangles; every source ends with EOS."""

    source_ids: Tensor  # [B, S]
    source_lengths: Tensor  # [B]
    target_ids: Tensor  # [B, T], the decoder start id (BOS or the tag of a language), then the target
    next_ids: Tensor  # [B, T], the target, EOS, then PAD: what each position of target_ids is to predict

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        return Batch(**{name: tensor.to(device, non_blocking=True) for name, tensor in vars(self).items()})

    def twice(self) -> "Batch":
        """The batch with all pairs repeated once, after the first copy."""
        return Batch(**{name: torch.cat([tensor, tensor]) for name, tensor in vars(self).items()})


def make_batch(
    source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], decoder_start_ids: Sequence[int] | None = None
) -> Batch:
    """Pad sentence pairs, given without BOS and EOS; each target is preceded by its decoder start id, else by BOS."""
    start_ids = decoder_start_ids or [BOS_ID] * len(target)
    return Batch(
        source_ids=pad([[*ids, EOS_ID] for ids in source]),
        source_lengths=torch.tensor([len(ids) + 1 for ids in source]),
        target_ids=pad([[start, *ids] for start, ids in zip(start_ids, target, strict=True)]),
        next_ids=pad([[*ids, EOS_ID] for ids in target]),
    )


def pad(sentences: Sequence[Sequence[int]]) -> Tensor:
    """Sentences of different lengths as one tensor [B, W], with PAD at the ends; W is a multiple of WIDTHS."""
    ids = np.full((len(sentences), next_multiple(max(map(len, sentences)), WIDTHS)), PAD_ID, dtype=np.int64)
    for row, sentence in zip(ids, sentences, strict=True):
        row[: len(sentence)] = sentence
    return torch.from_numpy(ids)


def next_multiple(length: Number, multiple: int) -> Number:
    """The smallest multiple that is not below length."""
    return -(-length // multiple) * multiple


def cut(widths: NDArray[np.int64], max_tokens: int) -> Iterator[slice]:
    """Cut consecutive sentences of these widths into batches of at most max_tokens, padding included."""
    start = 0
    while start < len(widths):
        longest = np.maximum.accumulate(widths[start : start + max_tokens])
        fitting = int((longest * np.arange(1, len(longest) + 1) <= max_tokens).sum())
        count = fitting // HEIGHTS * HEIGHTS or max(fitting, 1)
        yield slice(start, start + count)
        start += count
