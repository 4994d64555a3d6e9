"""Hypotheses: what a search finds, and how those that have ended are scored and kept.

Shapes: B sentences, R rows (live hypotheses, those of a sentence side by side), S source length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.config import DecodingConfig
from nmt.engines.base import Floats, Ints
from nmt.errors import ModelError
from nmt.text.tokenizer import EOS_ID


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One translation of one sentence."""

    ids: list[int]  # without EOS
    score: float  # what the search ranks by: the log-probability over its length penalty, plus the coverage penalty
    log_prob: float
    finished: bool  # False if it was stopped at the greatest length allowed
    inserted: frozenset[int] = frozenset()  # numbers of the placeholders that no search had found a place for


def length_limit(source_length: int, ratio: float) -> int:
    """The greatest number of subwords, EOS included, of a translation of source_length subwords."""
    return int(ratio * source_length) + 10


def length_penalty(length: int, alpha: float) -> float:
    """GNMT length penalty (Wu et al., 2016, eq. 14) of length subwords, EOS included; alpha 0 turns it off."""
    return float(((5 + length) / 6) ** alpha)


class FinishedHypotheses:
    """The hypotheses of B sentences that have ended, in the order in which they did, each in a slot of its sentence."""

    def __init__(self, sources: Sequence[Sequence[int]], config: DecodingConfig, given: int = 0) -> None:
        """No hypothesis becomes longer than its source allows; given subwords, of a prefix, come on top."""
        self._config = config
        self._sources = [len(source) for source in sources]
        limits = [length_limit(length, config.max_length_ratio) + given for length in self._sources]
        self.limits: Ints = np.array(limits)
        self.slots: Ints = np.full(len(sources), config.beam_size)  # that are left
        shape = len(sources), config.beam_size
        self._tokens: Ints = np.zeros((*shape, int(self.limits.max())), dtype=np.int64)
        self._lengths: Ints = np.zeros(shape, dtype=np.int64)
        self._log_probs: Floats = np.full(shape, -np.inf)
        self._scores: Floats = np.full(shape, -np.inf)
        self._greatest_penalty = np.array([length_penalty(int(n), config.length_penalty) for n in self.limits])

    def add(self, length: int, sentence: Ints, log_prob: Floats, tokens: Ints, covered: Floats) -> None:
        """Note hypotheses of length subwords [R, limit]; the sentences [R] that they belong to are in order."""
        score = log_prob / length_penalty(length, self._config.length_penalty)
        if self._config.coverage_penalty:
            for row, index in enumerate(sentence):
                reached = covered[row][: self._sources[index] + 1]
                score[row] += self._config.coverage_penalty * np.log(np.clip(reached, 1e-10, 1.0)).sum()  # eq. 14 too
        slot = self._config.beam_size - self.slots[sentence] + rank_within(sentence)
        self._tokens[sentence, slot] = tokens
        self._lengths[sentence, slot] = length
        self._log_probs[sentence, slot] = log_prob
        self._scores[sentence, slot] = score
        self.slots -= np.bincount(sentence, minlength=len(self.slots))

    def decided(self, score: Floats, sentence: Ints) -> NDArray[np.bool_]:
        """[R], whether n_best ended hypotheses are ahead of all that rows of log-probability score can still reach.

        A hypothesis only loses probability; at best it keeps what it has and its length penalty grows to the limit.
        """
        if (self.slots[sentence] == self._config.beam_size).all():  # none has ended, as ever in greedy search
            return np.zeros(len(score), dtype=bool)
        bound: Floats = np.full(len(self.slots), -np.inf)
        np.maximum.at(bound, sentence, score / self._greatest_penalty[sentence])
        ahead = (self._scores >= bound[:, None]) & np.isfinite(self._scores)
        decided: NDArray[np.bool_] = ahead.sum(axis=1) >= self._config.n_best
        return decided[sentence]

    def best(self) -> list[list[Hypothesis]]:
        """The n_best of each sentence, best first; ModelError if one has none: no candidate had a finite score."""
        if not self._lengths[:, 0].all():
            raise ModelError(
                "the model's probabilities are not finite numbers; take another model, or train this one anew"
            )
        order = np.argsort(-self._scores, axis=1, kind="stable")[:, : self._config.n_best]
        return [
            [self._hypothesis(index, int(slot)) for slot in slots if self._lengths[index, slot]]
            for index, slots in enumerate(order)
        ]

    def _hypothesis(self, index: int, slot: int) -> Hypothesis:
        length = int(self._lengths[index, slot])
        ids = self._tokens[index, slot, :length].tolist()
        finished = ids[-1] == EOS_ID
        return Hypothesis(
            ids=ids[: length - finished],
            score=float(self._scores[index, slot]),
            log_prob=float(self._log_probs[index, slot]),
            finished=finished,
        )


def rank_within(sentence: Ints) -> Ints:
    """The place of each row among those of its sentence."""
    return np.arange(len(sentence)) - np.searchsorted(sentence, sentence)
