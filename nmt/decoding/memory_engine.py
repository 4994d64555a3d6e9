"""An engine whose probabilities a memory of translations changes.

Shapes: R rows (live hypotheses), C candidates, K neighbours, N watched subwords.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.memory import NEIGHBOURS, Entries, Neighbours, TranslationMemory
from nmt.engines.base import NONE, Engine, Floats, Ints, State, Step


@dataclass(frozen=True, kw_only=True)
class MemoryState(Generic[State]):
    """Where each row stands, and which entries are looked at for it."""

    inner: State
    entries: Sequence[Entries]  # of each sentence
    sentence: Ints  # [R]

    def select(self, rows: Ints) -> "MemoryState[State]":
        """See SearchState.select."""
        return MemoryState(inner=self.inner.select(rows), entries=self.entries, sentence=self.sentence[rows])


class MemoryEngine:
    """Runs another engine, which gives its hidden states, beside a memory."""

    def __init__(self, engine: Engine[Any], memory: TranslationMemory) -> None:
        self._engine = engine
        self._memory = memory
        self.vocab_size = engine.vocab_size
        self.workers = engine.workers

    def start(self, sources: Sequence[Sequence[int]], rows: int) -> MemoryState[Any]:
        """See Engine.start."""
        return MemoryState(
            inner=self._engine.start(sources, rows),
            entries=[self._memory.similar(source) for source in sources],
            sentence=np.arange(len(sources)),
        )

    def step(
        self, previous: Ints, state: MemoryState[Any], candidates: int, watched: Ints = NONE
    ) -> Step[MemoryState[Any]]:
        """See Engine.step. A subword that is among neighbours alone has no probability but theirs."""
        step = self._engine.step(previous, state.inner, candidates, watched)
        found = self._look_up(step, state)
        weights = found.weights(self._memory.temperature)  # [R, K]
        total = self._memory.prior + weights.sum(axis=1, keepdims=True)
        weights, share = weights / total, self._memory.prior / total

        def mixed(log_probs: Floats, ids: Ints) -> NDArray[np.float64]:
            same = ids[:, :, None] == found.subwords[:, None, :]
            own: NDArray[np.float64] = share * np.exp(log_probs.astype(np.float64))
            own += (same * weights[:, None, :]).sum(axis=2)
            return own

        probs = mixed(step.log_probs, step.ids)
        others = mixed(np.full(found.subwords.shape, -np.inf), found.subwords)
        known = (found.subwords[:, :, None] == step.ids[:, None, :]).any(axis=2)
        again = np.tril(found.subwords[:, :, None] == found.subwords[:, None, :], -1).any(axis=2)
        probs = np.concatenate([probs, np.where(known | again, 0.0, others)], axis=1)
        ids = np.concatenate([step.ids, found.subwords], axis=1)
        order = np.argsort(-probs, axis=1, kind="stable")[:, :candidates]
        asked = np.broadcast_to(watched, (len(previous), len(watched)))
        with np.errstate(divide="ignore"):  # what cannot come
            return Step(
                log_probs=np.log(np.take_along_axis(probs, order, axis=1)),
                ids=np.take_along_axis(ids, order, axis=1),
                watched=np.log(mixed(step.watched, asked)),
                attention=step.attention,
                state=MemoryState(inner=step.state, entries=state.entries, sentence=state.sentence),
                hidden=step.hidden,
            )

    def _look_up(self, step: Step[Any], state: MemoryState[Any]) -> Neighbours:
        """The neighbours of each row among the entries of its sentence."""
        shape = len(state.sentence), NEIGHBOURS
        distances, similarity, subwords = np.full(shape, np.inf), np.zeros(shape), np.zeros(shape, dtype=np.int64)
        for sentence in np.unique(state.sentence):
            rows = np.flatnonzero(state.sentence == sentence)
            found = self._memory.neighbours(step.hidden[rows], state.entries[sentence])
            distances[rows], similarity[rows], subwords[rows] = found.distances, found.similarity, found.subwords
        return Neighbours(distances=distances, similarity=similarity, subwords=subwords)
