"""Subword regularisation: random segmentations of the same text, which depend on a seed alone.

sentencepiece (0.2.3) samples too, but salts its generator differently in every process: the same seed gives different
pieces in the next process, which would break both repeatable training and exact resume.
"""

import math
import random
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import accumulate, pairwise
from typing import Any

from nmt.errors import ConfigError

Draw = Callable[[], float]  # uniform in [0, 1)
Scores = Mapping[str, tuple[int, float]]  # of each piece: its id, its score
# The pieces that end at a position: their starts, their ids, and the upper bounds of their shares of [0, 1).
Arrivals = tuple[tuple[int, ...], tuple[int, ...], list[float]]

_CACHED_WORDS = 200_000  # about 1 kB each; then the cache is emptied


class UnigramSampler:
    """Samples each segmentation x of a word with a probability proportional to P(x)^alpha (Kudo, 2018).

    alpha 0 makes all segmentations equally likely; the larger alpha, the more likely the best one. The sum is over all
    segmentations, not over the n best: forward filtering, backward sampling on the lattice of pieces. No piece crosses
    a word boundary, so a sentence is sampled word by word, and the lattice of a word is computed once.
    """

    def __init__(self, scores: Scores, symbols: Sequence[str], *, alpha: float) -> None:
        """scores are the log-probabilities of the ordinary pieces, symbols the reserved pieces."""
        if not (math.isfinite(alpha) and alpha >= 0):
            raise ConfigError(f"subword sampling with alpha {alpha}: a unigram model needs a number of at least 0")
        self._pieces = scores
        self._symbols = symbols
        self._longest = max(map(len, scores), default=0)
        self._alpha = alpha
        self._lattices: dict[str, list[Arrivals] | None] = {}

    def segment(self, word: str, draw: Draw) -> list[int] | None:
        """Return the ids of one sampled segmentation; None for a word with a symbol or a character without a piece."""
        if word not in self._lattices:
            _make_room(self._lattices)
            self._lattices[word] = None if any(symbol in word for symbol in self._symbols) else self._lattice(word)
        lattice = self._lattices[word]
        if lattice is None:
            return None
        ids = []
        end = len(word)
        while end:
            starts, piece_ids, bounds = lattice[end]
            choice = bisect(bounds, draw()) if bounds else 0
            ids.append(piece_ids[choice])
            end = starts[choice]
        ids.reverse()
        return ids

    def _lattice(self, word: str) -> list[Arrivals] | None:
        """Return the pieces that end at each position in word; None if the pieces cannot spell it."""
        totals = [0.0] + [-math.inf] * len(word)  # log of the summed weight of all segmentations of word[:end]
        lattice: list[Arrivals] = [((), (), [])]
        for end in range(1, len(word) + 1):
            found = [
                (start, *self._pieces[word[start:end]])
                for start in range(max(0, end - self._longest), end)
                if totals[start] > -math.inf and word[start:end] in self._pieces
            ]
            weights = [totals[start] + self._alpha * score for start, _, score in found]
            if found:
                highest = max(weights)
                totals[end] = highest + math.log(sum(math.exp(weight - highest) for weight in weights))
            # The last bound, 1, is left out, so that rounding never puts a draw beyond it.
            bounds = list(accumulate(math.exp(weight - totals[end]) for weight in weights))[:-1]
            lattice.append((tuple(start for start, _, _ in found), tuple(id_ for _, id_, _ in found), bounds))
        return lattice if totals[-1] > -math.inf else None


class BpeSampler:
    """Skips each merge of byte-pair encoding with probability alpha (BPE-dropout; Provilkov et al., 2020).

    alpha 0 gives the ordinary segmentation. In most words no merge is skipped: a single draw decides how many merges
    come before the first skipped one, and only words with more merges than that are merged again.
    """

    def __init__(self, scores: Scores, symbols: Sequence[str], *, alpha: float) -> None:
        """scores are the negative merge ranks of the ordinary pieces, symbols the reserved pieces."""
        if not 0 <= alpha < 1:
            raise ConfigError(
                f"subword sampling with alpha {alpha}: a BPE model needs a probability, at least 0 and below 1"
            )
        self._pieces = scores
        self._symbols = symbols
        self._alpha = alpha
        self._whole: dict[str, tuple[list[int], int] | None] = {}

    def segment(self, word: str, draw: Draw) -> list[int] | None:
        """Return the ids of one sampled segmentation; None for a word with a symbol or a character without a piece."""
        if word not in self._whole:
            _make_room(self._whole)
            spelt = all(character in self._pieces for character in word)
            varied = spelt and not any(symbol in word for symbol in self._symbols)
            self._whole[word] = self._merge(word, keep=math.inf, draw=draw) if varied else None
        whole = self._whole[word]
        if whole is None:
            return None
        ids, merges = whole
        if self._alpha == 0:
            return ids
        kept = int(
            math.log(1 - draw()) / math.log(1 - self._alpha)
        )  # geometric distribution: merges before the first skipped one
        return ids if kept >= merges else self._merge(word, keep=kept, draw=draw)[0]

    def _merge(self, word: str, *, keep: float, draw: Draw) -> tuple[list[int], int]:
        """Merge the characters of word; return the ids and the number of merges.

        The first `keep` merges are made and the next one is skipped; each later one is skipped with probability alpha.
        """
        pieces = self._pieces
        parts: list[str] = list(word)  # "" for a part that was merged into the one before
        left = [position - 1 for position in range(len(parts))]
        right = [position + 1 for position in range(len(parts))]
        agenda = [
            (-pieces[a + b][1], position, a + b) for position, (a, b) in enumerate(pairwise(parts)) if a + b in pieces
        ]
        heapify(agenda)
        merges = 0
        while agenda:
            _, position, merged = heappop(agenda)
            after = right[position]
            # A pair is out of date if one of its sides has been merged with something else.
            if after >= len(parts) or not parts[position] or parts[position] + parts[after] != merged:
                continue
            if merges == keep or (merges > keep and draw() < self._alpha):
                merges += merges == keep
                continue
            merges += 1
            parts[position], parts[after] = merged, ""
            following = right[position] = right[after]
            if following < len(parts):
                left[following] = position
                self._propose(agenda, position, merged + parts[following])
            if left[position] >= 0:
                self._propose(agenda, left[position], parts[left[position]] + merged)
        return [pieces[part][0] for part in parts if part], merges

    def _propose(self, agenda: list[tuple[float, int, str]], position: int, merged: str) -> None:
        """Put the pair that begins at position on the agenda if it makes a piece."""
        if merged in self._pieces:
            heappush(agenda, (-self._pieces[merged][1], position, merged))


def uniform(seed: int) -> Draw:
    """Return a source of uniform numbers that depends on the seed alone, not on platform or process."""
    return random.Random(seed).random


def _make_room(cache: dict[str, Any]) -> None:
    if len(cache) >= _CACHED_WORDS:
        cache.clear()
