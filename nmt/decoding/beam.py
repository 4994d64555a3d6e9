"""Beam search over any engine: all sentences of a batch at once, finished ones dropped as they end.

Shapes: B sentences, R rows (live hypotheses, those of a sentence side by side), C candidates, S source length.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.engine import Engine, Floats, Ints
from nmt.decoding.search import Hypothesis, SearchConfig, length_limit, length_penalty
from nmt.errors import ModelError
from nmt.text.tokenizer import BOS_ID, EOS_ID


def beam_search(
    engine: Engine, sources: Sequence[Sequence[int]], config: SearchConfig, first: int = BOS_ID
) -> list[list[Hypothesis]]:
    """The best translations of each source (subword ids without EOS), at most n_best each, best first.

    first is what the decoder reads at its first step: BOS, or the tag of the language to write.
    A sentence starts with beam_size slots; each hypothesis that ends takes one of them. The search for a sentence
    ends when no slot is left, or when no live hypothesis can still overtake the n_best ended ones.
    """
    limits = np.array([length_limit(len(source), config.max_length_ratio) for source in sources])
    ended: list[list[Hypothesis]] = [[] for _ in sources]
    slots = np.full(len(sources), config.beam_size)

    state = engine.start(sources)
    sentence: Ints = np.arange(len(sources))  # [R], whose hypothesis each row is
    score: Floats = np.zeros(len(sources))  # [R], its log-probability
    tokens: Ints = np.zeros((len(sources), int(limits.max())), dtype=np.int64)  # [R, limit]
    previous: Ints = np.full(len(sources), first)
    covered: Floats = np.zeros((len(sources), 1))  # [R, S], attention that each source position has had

    for length in range(1, int(limits.max()) + 1):
        step = engine.step(previous, state, min(config.beam_size, engine.vocab_size))
        covered = covered + step.attention
        totals = score[:, None] + step.log_probs  # [R, C]
        row, column = _best_continuations(totals, sentence, slots)

        score, token, sentence = totals[row, column], step.ids[row, column], sentence[row]
        tokens, covered = tokens[row], covered[row]
        tokens[:, length - 1] = token

        ending = (token == EOS_ID) | (length == limits[sentence])
        for index in np.flatnonzero(ending):
            finished = bool(token[index] == EOS_ID)
            rank = score[index] / length_penalty(length, config.length_penalty)
            if config.coverage_penalty:
                reached = covered[index][: len(sources[sentence[index]]) + 1]
                rank += config.coverage_penalty * np.log(np.clip(reached, 1e-10, 1.0)).sum()  # the same, eq. 14
            ended[sentence[index]].append(
                Hypothesis(
                    ids=tokens[index, : length - finished].tolist(),
                    score=float(rank),
                    log_prob=float(score[index]),
                    finished=finished,
                )
            )
        slots -= np.bincount(sentence[ending], minlength=len(sources))
        live = np.flatnonzero(~ending & ~_decided(ended, limits, score, sentence, config)[sentence])
        if not len(live):
            break
        state = step.state if np.array_equal(row[live], np.arange(len(previous))) else step.state.select(row[live])
        score, sentence, tokens = score[live], sentence[live], tokens[live]
        covered, previous = covered[live], token[live]

    if not all(ended):  # no candidate had a finite score
        raise ModelError("the model's probabilities are not finite numbers; take another model, or train this one anew")
    return [sorted(found, key=lambda hypothesis: -hypothesis.score)[: config.n_best] for found in ended]


def _best_continuations(totals: Floats, sentence: Ints, slots: Ints) -> tuple[Ints, Ints]:
    """Rows and columns of the best candidates in totals [R, C]: as many a sentence as it has slots, best first."""
    owner = np.repeat(sentence, totals.shape[1])
    order = np.lexsort((-totals.ravel(), owner))
    owner = owner[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    kept = order[(rank < slots[owner]) & np.isfinite(totals.ravel()[order])]
    row, column = np.divmod(kept, totals.shape[1])
    return row, column


def _decided(
    ended: list[list[Hypothesis]], limits: Ints, score: Floats, sentence: Ints, config: SearchConfig
) -> NDArray[np.bool_]:
    """[B], whether n_best ended hypotheses are ahead of all that the live ones could still reach.

    A live hypothesis only loses probability; at best it keeps what it has and its length penalty grows to the limit.
    """
    best_live = np.full(len(ended), -np.inf)
    np.maximum.at(best_live, sentence, score)
    decided = np.zeros(len(ended), dtype=bool)
    for index in np.unique(sentence):
        if len(ended[index]) >= config.n_best:
            bound = best_live[index] / length_penalty(int(limits[index]), config.length_penalty)
            ahead = sum(hypothesis.score >= bound for hypothesis in ended[index])
            decided[index] = ahead >= config.n_best
    return decided
