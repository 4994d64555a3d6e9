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

# Batches have sides of these multiples: each new shape of a product costs its library milliseconds, and then memory.
WIDTHS, HEIGHTS = 2, 8

Number = TypeVar("Number", int, NDArray[np.int64])


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Sentence pairs padded to rectangles; every source ends with EOS."""

    source_ids: Tensor  # [B, S]
    source_lengths: Tensor  # [B]
    target_ids: Tensor  # [B, T], what the decoder reads first (BOS, or the tag of a language), and then the target
    next_ids: Tensor  # [B, T], the target and then EOS: what each position of target_ids is to predict; PAD after that

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        return Batch(**{name: tensor.to(device, non_blocking=True) for name, tensor in vars(self).items()})

    def twice(self) -> "Batch":
        """Every pair a second time, after all of them."""
        return Batch(**{name: torch.cat([tensor, tensor]) for name, tensor in vars(self).items()})


def make_batch(
    source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], decoder_start_ids: Sequence[int] | None = None
) -> Batch:
    """Pad sentence pairs, given without BOS and EOS; the decoder reads its start id before each target, BOS if None."""
    start_ids = decoder_start_ids or [BOS_ID] * len(target)
    return Batch(
        source_ids=pad([[*ids, EOS_ID] for ids in source]),
        source_lengths=torch.tensor([len(ids) + 1 for ids in source]),
        target_ids=pad([[start, *ids] for start, ids in zip(start_ids, target, strict=True)]),
        next_ids=pad([[*ids, EOS_ID] for ids in target]),
    )


def pad(sentences: Sequence[Sequence[int]]) -> Tensor:
    """Sentences of different lengths as one tensor [B, W], PAD at the ends; W is a multiple of WIDTHS."""
    ids = np.full((len(sentences), next_multiple(max(map(len, sentences)), WIDTHS)), PAD_ID, dtype=np.int64)
    for row, sentence in zip(ids, sentences, strict=True):
        row[: len(sentence)] = sentence
    return torch.from_numpy(ids)


def next_multiple(length: Number, multiple: int) -> Number:
    """The least multiple that is not below a length."""
    return -(-length // multiple) * multiple


def cut(widths: NDArray[np.int64], max_tokens: int) -> Iterator[slice]:
    """Cut sentences of these widths, one after another, into batches of at most max_tokens, padding included."""
    start = 0
    while start < len(widths):
        longest = np.maximum.accumulate(widths[start : start + max_tokens])
        fitting = int((longest * np.arange(1, len(longest) + 1) <= max_tokens).sum())
        count = fitting // HEIGHTS * HEIGHTS or max(fitting, 1)
        yield slice(start, start + count)
        start += count
