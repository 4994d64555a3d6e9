"""Beam search over any engine: all sentences of a batch at once, finished ones dropped as they end.

Shapes: B sentences, K beam, R rows (live hypotheses, those of a sentence side by side), C candidates, S source length.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.engine import Engine, Floats, Ints, Step
from nmt.decoding.search import Hypothesis, Required, SearchConfig, length_limit, length_penalty
from nmt.errors import ModelError
from nmt.text.tokenizer import BOS_ID, EOS_ID


def beam_search(
    engine: Engine,
    sources: Sequence[Sequence[int]],
    config: SearchConfig,
    first: int = BOS_ID,
    required: Required | None = None,
) -> list[list[Hypothesis]]:
    """The best translations of each source (subword ids without EOS), at most n_best each, best first.

    first is what the decoder reads at its first step: BOS, or the tag of the language to write. What is required comes
    in every hypothesis, or it is one that is stopped at the greatest length.
    A sentence starts with beam_size slots; each hypothesis that ends takes one of them. The search for a sentence
    ends when no slot is left, or when no live hypothesis can still overtake the n_best ended ones.
    """
    ended = _Ended(sources, config)
    state = engine.start(sources, config.beam_size)
    sentence: Ints = np.arange(len(sources))  # [R], whose hypothesis each row is
    score: Floats = np.zeros(len(sources))  # [R], its log-probability
    tokens: Ints = np.zeros((len(sources), int(ended.limits.max())), dtype=np.int64)  # [R, limit]
    previous: Ints = np.full(len(sources), first)
    covered: Floats = np.zeros((len(sources), 1))  # [R, S], attention that each source position has had
    candidates = min(config.beam_size, engine.vocab_size)
    if required:
        missing: Ints = required.counts  # [R, N]
        candidates = min(candidates + len(required.symbols) + 1, engine.vocab_size)  # so many may be forbidden

    for length in range(1, tokens.shape[1] + 1):
        step: Step = engine.step(previous, state, candidates)
        totals = score[:, None] + step.log_probs  # [R, C]
        if required:
            totals = np.where(required.forbids(step.ids, missing), -np.inf, totals)
        row, column = _best_continuations(totals, sentence, ended.slots)

        score, previous, sentence = totals[row, column], step.ids[row, column], sentence[row]
        tokens, covered = tokens[row], (covered + (step.attention() if config.coverage_penalty else 0.0))[row]
        tokens[:, length - 1] = previous
        if required:
            missing = missing[row] - (previous[:, None] == required.symbols)

        ending = (previous == EOS_ID) | (length == ended.limits[sentence])
        if ending.any():
            ended.add(length, sentence[ending], score[ending], tokens[ending], covered[ending])
        live = ~(ending | ended.decided(score, sentence))
        if not live.all():
            row, score, previous = row[live], score[live], previous[live]
            sentence, tokens, covered = sentence[live], tokens[live], covered[live]
            if required:
                missing = missing[live]
        if not len(row):
            break
        state = step.state.select(row)
    return ended.best()


class _Ended:
    """The hypotheses of B sentences that have ended, in the order in which they did, each in a slot of its sentence."""

    def __init__(self, sources: Sequence[Sequence[int]], config: SearchConfig) -> None:
        self._config = config
        self._sources = [len(source) for source in sources]
        self.limits: Ints = np.array([length_limit(length, config.max_length_ratio) for length in self._sources])
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
        slot = self._config.beam_size - self.slots[sentence] + _rank(sentence)
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


def _best_continuations(totals: Floats, sentence: Ints, slots: Ints) -> tuple[Ints, Ints]:
    """Rows and columns of the best candidates in totals [R, C]: as many a sentence as it has slots, best first."""
    if totals.shape[1] == 1:  # greedy search: every sentence has one row, and that one continuation
        [row] = (totals[:, 0] > -np.inf).nonzero()
        return row, np.zeros(len(row), dtype=np.int64)
    flat, owner = totals.ravel(), sentence.repeat(totals.shape[1])
    order = np.lexsort((-flat, owner))  # the sentences as they stand, each one's candidates best first
    kept = order[(_rank(owner) < slots[owner]) & (flat[order] > -np.inf)]
    return np.divmod(kept, totals.shape[1])


def _rank(sentence: Ints) -> Ints:
    """The place of each row among those of its sentence."""
    return np.arange(len(sentence)) - np.searchsorted(sentence, sentence)
