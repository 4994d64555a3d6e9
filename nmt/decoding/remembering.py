"""Makes a memory of translations, and finds by some of them how far it is to be trusted.

Shapes: T target subwords, E size of a hidden state, K neighbours.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.alignment import forced_steps
from nmt.decoding.memory import LEVELS, Neighbours, TranslationMemory
from nmt.engines.base import Engine
from nmt.text.tokenizer import EOS_ID

HELD_OUT_EVERY = 10  # pairs
MOST_HELD_OUT = 200
AT_ONCE = 64  # pairs

TEMPERATURES = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # times the middle distance of what is nearest
PRIORS = (0.1, 0.3, 1.0)  # below, what is remembered rules over sentences that are little like it

_NAMES = tuple(field.name for field in fields(Neighbours))

Pair = tuple[list[int], list[int]]  # source and target subwords, without EOS


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well the reference's subwords of held-out pairs are foreseen, as perplexities."""

    pairs: int
    before: float
    after: float


def remember(
    engine: Engine[Any], pairs: Sequence[Pair], *, decoder_start_id: int, model: str, direction: tuple[str, str]
) -> tuple[TranslationMemory, Fit]:
    """A memory of pairs; its temperature and prior are those with which pairs that were left out are likeliest."""
    held = pairs[::HELD_OUT_EVERY][:MOST_HELD_OUT]
    left_out = set(range(0, HELD_OUT_EVERY * len(held), HELD_OUT_EVERY))
    others = [pair for number, pair in enumerate(pairs) if number not in left_out]
    hidden = list(_hidden(engine, [*others, *held], decoder_start_id))
    part = _memory(others, hidden[: len(others)], model, direction)
    temperature, prior, fit = _fit(list(_foreseen(engine, part, held, decoder_start_id)), len(held))
    whole = _memory([*others, *held], hidden, model, direction)
    return replace(whole, temperature=temperature, prior=prior), fit


def _hidden(engine: Engine[Any], pairs: Sequence[Pair], decoder_start_id: int) -> Iterator[NDArray[np.float32]]:
    """The states [T + 1, E] that the subwords of each target, and its end, follow."""
    for chunk in _chunks(pairs):
        sources, targets = zip(*chunk, strict=True)
        ended = [[*target, EOS_ID] for target in targets]
        found: list[list[NDArray[np.float32]]] = [[] for _ in chunk]
        for _, places, step in forced_steps(engine, sources, ended, decoder_start_id):
            for row, place in enumerate(places):
                found[place].append(step.hidden[row].astype(np.float32))
        yield from map(np.array, found)


def _memory(
    pairs: Sequence[Pair], hidden: Sequence[NDArray[np.float32]], model: str, direction: tuple[str, str]
) -> TranslationMemory:
    states = np.concatenate(hidden)
    scale = float(np.quantile(np.abs(states), 0.999)) / LEVELS or 1.0  # a few outliers are cut
    lengths = [len(target) + 1 for _, target in pairs]
    return TranslationMemory(
        states=np.clip(np.rint(states / np.float32(scale)), -LEVELS, LEVELS).astype(np.int8),
        subwords=np.array([id_ for _, target in pairs for id_ in (*target, EOS_ID)], dtype=np.int32),
        pairs=np.repeat(np.arange(len(pairs), dtype=np.int32), lengths),
        sources=[np.array(source, dtype=np.int32) for source, _ in pairs],
        scale=scale,
        temperature=1.0,
        prior=1.0,
        model=model,
        direction=direction,
    )


@dataclass(frozen=True, kw_only=True)
class _Foreseen:
    """A subword of a held-out target: its probability, and what was near, [1, K]."""

    subword: int
    probability: float
    neighbours: Neighbours


def _foreseen(
    engine: Engine[Any], memory: TranslationMemory, pairs: Sequence[Pair], decoder_start_id: int
) -> Iterator[_Foreseen]:
    for chunk in _chunks(pairs):
        sources, targets = zip(*chunk, strict=True)
        ended = [[*target, EOS_ID] for target in targets]
        similar = [memory.similar(source) for source in sources]
        for position, places, step in forced_steps(engine, sources, ended, decoder_start_id, engine.vocab_size):
            for row, place in enumerate(places):
                wanted = ended[place][position]
                yield _Foreseen(
                    subword=wanted,
                    probability=float(np.exp(step.log_probs[row][step.ids[row] == wanted]).sum()),
                    neighbours=memory.neighbours(step.hidden[row : row + 1], similar[place]),
                )


def _fit(seen: Sequence[_Foreseen], pairs: int) -> tuple[float, float, Fit]:
    """The temperature and the prior that make what was seen likeliest."""
    probability = np.maximum([each.probability for each in seen], np.finfo(np.float64).tiny)
    near = Neighbours(**{name: np.concatenate([getattr(each.neighbours, name) for each in seen]) for name in _NAMES})
    same = near.subwords == np.array([each.subword for each in seen])[:, None]
    nearest = near.distances[:, 0][np.isfinite(near.distances[:, 0])]
    middle = float(np.median(nearest)) if len(nearest) else 1.0

    def likelihood(temperature: float, prior: float) -> float:
        weights = near.weights(temperature)
        mixed = (prior * probability + (weights * same).sum(axis=1)) / (prior + weights.sum(axis=1))
        return float(np.log(np.maximum(mixed, np.finfo(np.float64).tiny)).mean())

    choices = [(max(middle, 1.0) * factor, prior) for factor, prior in product(TEMPERATURES, PRIORS)]
    temperature, prior = max(choices, key=lambda choice: likelihood(*choice))
    before, after = float(np.log(probability).mean()), likelihood(temperature, prior)
    return temperature, prior, Fit(pairs=pairs, before=math.exp(-before), after=math.exp(-after))


def _chunks(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    return (pairs[start : start + AT_ONCE] for start in range(0, len(pairs), AT_ONCE))
