"""Beam search over any engine: all sentences of a batch at once, finished ones dropped as they end.

Shapes: B sentences, K beam, R rows (live hypotheses, those of a sentence side by side), C candidates, S source length.
"""

from collections.abc import Sequence

import numpy as np

from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import Required
from nmt.decoding.hypotheses import FinishedHypotheses, Hypothesis, rank_within
from nmt.engines.base import Engine, Floats, Ints, State
from nmt.text.tokenizer import BOS_ID, EOS_ID


def beam_search(
    engine: Engine[State],
    sources: Sequence[Sequence[int]],
    config: DecodingConfig,
    decoder_start_id: int = BOS_ID,
    required: Required | None = None,
) -> list[list[Hypothesis]]:
    """The best translations of each source (subword ids without EOS), at most n_best each, best first.

    decoder_start_id is what the decoder reads at its first step: BOS, or the tag of the language to write. What is
    required comes in every hypothesis, or it is one that is stopped at the greatest length.
    A sentence starts with beam_size slots; each hypothesis that ends takes one of them. The search for a sentence
    ends when no slot is left, or when no live hypothesis can still overtake the n_best ended ones.
    """
    ended = FinishedHypotheses(sources, config)
    state = engine.start(sources, config.beam_size)
    sentence: Ints = np.arange(len(sources))  # [R], whose hypothesis each row is
    score: Floats = np.zeros(len(sources))  # [R], its log-probability
    tokens: Ints = np.zeros((len(sources), int(ended.limits.max())), dtype=np.int64)  # [R, limit]
    previous: Ints = np.full(len(sources), decoder_start_id)
    covered: Floats = np.zeros((len(sources), 1))  # [R, S], attention that each source position has had
    candidates = min(config.beam_size, engine.vocab_size)
    if required:
        missing: Ints = required.counts  # [R, N]
        candidates = min(candidates + len(required.symbols) + 1, engine.vocab_size)  # so many may be forbidden

    for length in range(1, tokens.shape[1] + 1):
        step = engine.step(previous, state, candidates)
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


def _best_continuations(totals: Floats, sentence: Ints, slots: Ints) -> tuple[Ints, Ints]:
    """Rows and columns of the best candidates in totals [R, C]: as many a sentence as it has slots, best first."""
    if totals.shape[1] == 1:  # greedy search: every sentence has one row, and that one continuation
        [row] = (totals[:, 0] > -np.inf).nonzero()
        return row, np.zeros(len(row), dtype=np.int64)
    flat, owner = totals.ravel(), sentence.repeat(totals.shape[1])
    order = np.lexsort((-flat, owner))  # the sentences as they stand, each one's candidates best first
    kept = order[(rank_within(owner) < slots[owner]) & (flat[order] > -np.inf)]
    return np.divmod(kept, totals.shape[1])
