"""Translations drawn at random from the model's distribution, one seed for each."""

from collections.abc import Sequence

import numpy as np

from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import Required
from nmt.decoding.hypotheses import Hypothesis, length_limit
from nmt.engines.base import Engine, State
from nmt.text.tokenizer import BOS_ID, EOS_ID


def sample(
    engine: Engine[State],
    sources: Sequence[Sequence[int]],
    config: DecodingConfig,
    decoder_start_id: int = BOS_ID,
    required: Required | None = None,
) -> list[list[Hypothesis]]:
    """Draw n_best translations of each source (subword ids without EOS), most probable first.

    decoder_start_id and required are as in beam_search.

    What is drawn for a sentence depends on the seed and the sentence alone, not on its neighbours.
    """
    most = candidates = min(config.top_k or engine.vocab_size, engine.vocab_size)
    if required:
        candidates = min(most + len(required.symbols) + 1, engine.vocab_size)  # so many may be forbidden
    copies = [(index, copy) for index in range(len(sources)) for copy in range(config.n_best)]
    random = [np.random.default_rng([config.seed, copy, *sources[index]]) for index, copy in copies]
    limit = np.array([length_limit(len(sources[index]), config.max_length_ratio) for index, _ in copies])
    ids: list[list[int]] = [[] for _ in copies]
    score = np.zeros(len(copies))
    if required:
        missing = required.counts[[index for index, _ in copies]]

    live = np.arange(len(copies))
    state = engine.start(sources, config.n_best).select(np.array([index for index, _ in copies]))
    previous = np.full(len(copies), decoder_start_id)
    while True:
        step = engine.step(previous, state, candidates)
        # The highest of scores with Gumbel noise is a draw from their softmax (Gumbel, 1954).
        noise = np.stack([random[copy].gumbel(size=candidates) for copy in live])
        noisy = step.log_probs / config.temperature + noise
        if required:
            allowed = ~required.forbids(step.ids, missing[live])
            noisy[~allowed | (allowed.cumsum(axis=1) > most)] = -np.inf
        choice = np.argmax(noisy, axis=1)
        rows = np.arange(len(live))
        token = step.ids[rows, choice]
        if required:
            missing[live] -= token[:, None] == required.symbols
        score[live] += step.log_probs[rows, choice]
        for copy, chosen in zip(live, token, strict=True):
            ids[copy].append(int(chosen))
        going = np.array([token[row] != EOS_ID and len(ids[copy]) < limit[copy] for row, copy in enumerate(live)])
        if not going.any():
            break
        state, previous, live = step.state.select(rows[going]), token[going], live[going]

    found: list[list[Hypothesis]] = [[] for _ in sources]
    for (index, _), tokens, log_prob in zip(copies, ids, score.tolist(), strict=True):
        finished = tokens[-1] == EOS_ID
        found[index].append(
            Hypothesis(ids=tokens[: len(tokens) - finished], score=log_prob, log_prob=log_prob, finished=finished)
        )
    return [sorted(hypotheses, key=lambda hypothesis: -hypothesis.score) for hypotheses in found]
