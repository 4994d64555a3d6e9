"""Beam search over any engine: all sentences of a batch at once, finished ones dropped as they end.

Shapes: B sentences, K beam, R rows (live hypotheses, those of a sentence side by side), C candidates, S source length,
N placeholders.
"""

from collections.abc import Sequence

import numpy as np

from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import (
    INCOMPLETE_COST,
    REPETITION_CANDIDATES,
    REPETITION_COST,
    Flags,
    PlaceholderConstraint,
    repeats,
    repetitions,
)
from nmt.decoding.hypotheses import FinishedHypotheses, Hypothesis, rank_within
from nmt.decoding.prefix import Prefix
from nmt.engines.base import NONE, Engine, Floats, Ints, State
from nmt.text.tokenizer import BOS_ID, EOS_ID


def beam_search(
    engine: Engine[State],
    sources: Sequence[Sequence[int]],
    config: DecodingConfig,
    decoder_start_id: int = BOS_ID,
    constraint: PlaceholderConstraint | None = None,
    prefix: Prefix | None = None,
) -> list[list[Hypothesis]]:
    """The best translations of each source (subword ids without EOS), at most n_best each, best first.

    decoder_start_id is what the decoder reads at its first step: BOS, or the tag of the language to write. Every
    hypothesis meets the constraint, or it is one that is stopped at the greatest length. Where there is a prefix, all
    begin with it.
    A sentence starts with beam_size slots; each hypothesis that ends takes one of them. The search for a sentence
    ends when no slot is left, or when no live hypothesis can still overtake the n_best ended ones.
    """
    finished = FinishedHypotheses(sources, config, len(prefix.text) if prefix else 0)
    state = engine.start(sources, config.beam_size)
    sentence: Ints = np.arange(len(sources))  # [R], whose hypothesis each row is
    score: Floats = np.zeros(len(sources))  # [R], its log-probability, less what inversions and repetitions cost
    tokens: Ints = np.zeros((len(sources), int(finished.limits.max())), dtype=np.int64)  # [R, limit]
    previous: Ints = np.full(len(sources), decoder_start_id)
    latest = previous  # [R], the same, but for spaces alone
    coverage: Floats = np.zeros((len(sources), 1))  # [R, S], attention that each source position has had
    size = config.no_repeat_ngram_size
    spare = np.array([repetitions(source, size) if size else 0 for source in sources])  # [R], as often as the source
    threshold = 0.0 if constraint else config.beam_threshold  # what must come through may begin far behind
    watched, candidates = NONE, config.beam_size
    if constraint:
        watched, missing = constraint.symbols, constraint.required  # [N], [R, N]
        candidates += len(watched) + 1  # so many may be forbidden
    candidates = min(candidates + (REPETITION_CANDIDATES if size else 0), engine.vocab_size)
    rests = [prefix.text] * len(sources) if prefix else []  # [R], what each row has still to write of the prefix

    for length in range(1, tokens.shape[1] + 1):
        step = engine.step(previous, state, engine.vocab_size if any(rests) else candidates, watched)
        log_probs, ids = step.log_probs, step.ids  # [R, C]
        if constraint:
            log_probs, ids = constraint.candidates(log_probs, ids, step.watched, missing, sentence, latest)
        if size:
            repeated = repeats(tokens[:, : length - 1], ids, size)
            log_probs = log_probs - REPETITION_COST * (repeated & (spare <= 0)[:, None])
        if prefix and any(rests):
            log_probs = np.where(prefix.allowed(ids, rests), log_probs, -np.inf)
        totals = score[:, None] + log_probs
        if constraint and constraint.in_banks:
            row, column = _best_in_banks(totals, sentence, finished.slots, constraint, missing)
        else:
            row, column = _best_continuations(totals, sentence, finished.slots, threshold, config.n_best)

        if size:
            spare = spare[row] - repeated[row, column]
        score, previous, sentence = totals[row, column], ids[row, column], sentence[row]
        tokens, coverage = tokens[row], (coverage + (step.attention() if config.coverage_penalty else 0.0))[row]
        tokens[:, length - 1] = previous
        if prefix:
            rests = [prefix.after(rests[own], int(id_)) for own, id_ in zip(row, previous, strict=True)]
        if constraint:
            missing = constraint.met(missing[row], previous)
            latest = np.where(previous == constraint.space_id, latest[row], previous)

        ending = (previous == EOS_ID) | (length == finished.limits[sentence])
        if ending.any():
            lacking = missing[ending].sum(axis=1) * INCOMPLETE_COST if constraint and constraint.complete else 0.0
            finished.add(length, sentence[ending], score[ending] - lacking, tokens[ending], coverage[ending])
        live = ~(ending | finished.decided(score, sentence))
        if not live.all():
            row, score, previous, spare = row[live], score[live], previous[live], spare[live] if size else spare
            sentence, tokens, coverage = sentence[live], tokens[live], coverage[live]
            rests = [rest for rest, lives in zip(rests, live, strict=bool(prefix)) if lives]
            if constraint:
                missing, latest = missing[live], latest[live]
        if not len(row):
            break
        state = step.state.select(row)
    return finished.best()


def _best_continuations(
    totals: Floats, sentence: Ints, slots: Ints, threshold: float, n_best: int
) -> tuple[Ints, Ints]:
    """Rows and columns of the best candidates in totals [R, C]: as many a sentence as it has slots, best first.

    Those that are further than a threshold behind the n-th best of their sentence are left out, unless it is 0 (Freitag
    and Al-Onaizan, 2017, absolute threshold pruning).
    """
    if totals.shape[1] == 1:  # greedy search: every sentence has one row, and that one continuation
        [row] = (totals[:, 0] > -np.inf).nonzero()
        return row, np.zeros(len(row), dtype=np.int64)
    flat, owner = totals.ravel(), sentence.repeat(totals.shape[1])
    order = np.lexsort((-flat, owner))  # the sentences as they stand, each one's candidates best first
    ranked, rank = flat[order], rank_within(owner)
    least = np.full(len(slots), -np.inf)  # [B]
    if threshold:
        wanted = rank == n_best - 1
        least[owner[wanted]] = ranked[wanted] - threshold
    kept = order[(rank < slots[owner]) & (ranked >= least[owner]) & (ranked > -np.inf)]
    return np.divmod(kept, totals.shape[1])


def _best_in_banks(
    totals: Floats, sentence: Ints, slots: Ints, constraint: PlaceholderConstraint, missing: Flags
) -> tuple[Ints, Ints]:
    """The same, each sentence's slots shared out evenly to banks of candidates that have met as much as each other.

    What a bank cannot fill goes to the best of the rest (Post and Vilar, 2018, dynamic beam allocation).
    """
    others = totals.shape[1] - len(constraint.symbols)  # columns before those of the placeholders
    bank = missing.sum(axis=1)[:, None] - (np.arange(totals.shape[1]) >= others)  # [R, C], what will be missing
    flat, owner = totals.ravel(), sentence.repeat(totals.shape[1])
    group = owner * (len(constraint.symbols) + 2) + bank.ravel() + 1
    rank = np.empty(len(flat), dtype=np.int64)
    order = np.lexsort((-flat, group))
    rank[order] = rank_within(group[order])
    fair = np.ceil(slots / (constraint.required.sum(axis=1) + 1))
    order = np.lexsort((-flat, rank >= fair[owner], owner))
    kept = order[(rank_within(owner) < slots[owner]) & (flat[order] > -np.inf)]
    return np.divmod(kept, totals.shape[1])
