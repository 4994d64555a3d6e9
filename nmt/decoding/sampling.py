"""Translations drawn at random from the model's distribution, one seed for each."""

from collections.abc import Sequence

import numpy as np

from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import REPETITION_COST, PlaceholderConstraint, repeats, repetitions
from nmt.decoding.hypotheses import Hypothesis, length_limit
from nmt.engines.base import NONE, Engine, Ints, State
from nmt.text.tokenizer import BOS_ID, EOS_ID


def sample(
    engine: Engine[State],
    sources: Sequence[Sequence[int]],
    config: DecodingConfig,
    decoder_start_id: int = BOS_ID,
    constraint: PlaceholderConstraint | None = None,
) -> list[list[Hypothesis]]:
    """Draw n_best translations of each source (subword ids without EOS), most probable first.

    decoder_start_id and constraint are as in beam_search. What is drawn for a sentence depends on the seed and the
    sentence alone, not on its neighbours.
    """
    size = config.no_repeat_ngram_size
    copies = [(index, copy) for index in range(len(sources)) for copy in range(config.n_best)]
    sentence: Ints = np.array([index for index, _ in copies])
    spare = np.array([repetitions(source, size) if size else 0 for source in sources])[sentence]
    watched, most = NONE, min(config.top_k or engine.vocab_size, engine.vocab_size)
    candidates = most
    if constraint:
        watched, missing = constraint.symbols, constraint.required[sentence]
        candidates = min(most + len(watched) + 1, engine.vocab_size)  # so many may be forbidden
    random = [np.random.default_rng([config.seed, copy, *sources[index]]) for index, copy in copies]
    limit = np.array([length_limit(len(sources[index]), config.max_length_ratio) for index, _ in copies])
    tokens: Ints = np.zeros((len(copies), int(limit.max())), dtype=np.int64)
    lengths: Ints = np.zeros(len(copies), dtype=np.int64)
    score = np.zeros(len(copies))

    live = np.arange(len(copies))
    state = engine.start(sources, config.n_best).select(sentence)
    previous = np.full(len(copies), decoder_start_id)
    latest = previous.copy()
    while len(live):
        step = engine.step(previous, state, candidates, watched)
        log_probs, ids = step.log_probs, step.ids
        if constraint:
            lacking, own = missing[live], sentence[live]
            log_probs, ids = constraint.candidates(log_probs, ids, step.watched, lacking, own, latest[live])
        # The highest of scores with Gumbel noise is a draw from their softmax (Gumbel, 1954).
        noise = np.stack([random[copy].gumbel(size=ids.shape[1]) for copy in live])
        noisy = log_probs / config.temperature + noise
        allowed = np.isfinite(log_probs[:, :candidates])
        noisy[:, :candidates][allowed.cumsum(axis=1) > most] = -np.inf
        if size:
            repeated = repeats(tokens[live, : lengths[live[0]]], ids, size)
            noisy = noisy - REPETITION_COST * (repeated & (spare[live] <= 0)[:, None])
        rows, choice = np.arange(len(live)), np.argmax(noisy, axis=1)
        previous = ids[rows, choice]
        if size:
            spare[live] -= repeated[rows, choice]
        if constraint:
            missing[live] = constraint.met(lacking, previous)
            latest[live] = np.where(previous == constraint.space_id, latest[live], previous)
        score[live] += log_probs[rows, choice]
        tokens[live, lengths[live]] = previous
        lengths[live] += 1
        going = (previous != EOS_ID) & (lengths[live] < limit[live])
        if going.any():
            state = step.state.select(rows[going])
        previous, live = previous[going], live[going]

    found: list[list[Hypothesis]] = [[] for _ in sources]
    for row, (index, _) in enumerate(copies):
        drawn, log_prob = tokens[row, : lengths[row]].tolist(), float(score[row])
        finished = drawn[-1] == EOS_ID
        found[index].append(
            Hypothesis(ids=drawn[: len(drawn) - finished], score=log_prob, log_prob=log_prob, finished=finished)
        )
    return [sorted(hypotheses, key=lambda hypothesis: -hypothesis.score) for hypotheses in found]
