"""A memory of translations: for each subword of each, the state of the decoder that it followed.

While a sentence is translated, the entries of similar sentences whose states are nearest to the decoder's add to the
probabilities of their subwords (Khandelwal et al., 2021; of similar sentences alone: Meng et al., 2022). An entry at
distance d weighs exp(-d / temperature), times how similar its sentence is, and the model as much as prior entries at
distance 0. So what is far from everything that is remembered stays as it was (kernel smoothing; Jiang et al., 2021).

Shapes: N entries, E size of a state, R rows (live hypotheses), K neighbours.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt.engines.base import Floats, Ints
from nmt.errors import ModelError
from nmt.io.files import read_bytes
from nmt.model_folder.arrays import parse, to_bytes

NEIGHBOURS = 8  # K
MOST_SIMILAR = 32  # sentences that are looked at for one
LEAST_SIMILARITY = 0.4  # of these; unlike sentences reach half of it
LEVELS = 127  # states are whole numbers from -LEVELS to LEVELS

_DIGEST = 32  # bytes of a sum in front of a file
_REMEDY = "make the memory again with nmt remember"
_SCHEMA = {
    "states": ("int8", 2),
    "subwords": ("int32", 1),
    "pairs": ("int32", 1),
    "sources": ("int32", 1),
    "ends": ("int32", 1),
    "settings": ("float64", 1),
    "about": ("uint8", 1),
}


@dataclass(frozen=True, kw_only=True)
class Entries:
    """The entries of sentences that are similar to one, and how similar each is, from 0, the least, to 1.

    This is squared, so that a sentence of daily life stays as it was though it shares a word with a manual's heading.
    """

    numbers: Ints
    similarity: Floats


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The entries nearest to each of some states; where there are fewer, infinite distances fill up."""

    distances: NDArray[np.float64]  # [R, K]
    similarity: NDArray[np.float64]  # [R, K]
    subwords: Ints  # [R, K]

    def weights(self, temperature: float) -> NDArray[np.float64]:
        """What each entry weighs, [R, K]."""
        return self.similarity * np.exp(-self.distances / temperature)


@dataclass(frozen=True, kw_only=True)
class TranslationMemory:
    """What `nmt remember` makes."""

    states: NDArray[np.int8]  # [N, E], in units of scale
    subwords: NDArray[np.int32]  # [N], what followed
    pairs: NDArray[np.int32]  # [N], the number of the pair of each, in order
    sources: Sequence[NDArray[np.int32]]  # of each pair, subwords
    scale: float
    temperature: float
    prior: float
    model: str  # sha256 of the weights that the states are of
    direction: tuple[str, str]

    def to_bytes(self) -> bytes:
        """The content of a file."""
        about = "\n".join([self.model, *self.direction]).encode()
        body = to_bytes(
            {
                "states": self.states,
                "subwords": self.subwords,
                "pairs": self.pairs,
                "sources": np.concatenate([*self.sources, np.zeros(0, np.int32)]),
                "ends": np.cumsum([len(source) for source in self.sources], dtype=np.int32),
                "settings": np.array([self.scale, self.temperature, self.prior]),
                "about": np.frombuffer(about, np.uint8),
            }
        )
        return hashlib.sha256(body).digest() + body

    @classmethod
    def load(cls, path: Path) -> "TranslationMemory":
        """Read a file. Raises ModelError if it is none of these, or damaged."""
        data = read_bytes(path)
        body = data[_DIGEST:]
        if hashlib.sha256(body).digest() != data[:_DIGEST]:
            raise ModelError(f"{path}: is no memory of translations, or is damaged; {_REMEDY}")
        arrays = parse(body, str(path), _REMEDY)
        if {name: (str(array.dtype), array.ndim) for name, array in arrays.items()} != _SCHEMA:
            raise ModelError(f"{path}: is a memory of another version; {_REMEDY}")
        scale, temperature, prior = arrays["settings"].tolist()
        model, source, target = arrays["about"].tobytes().decode().split("\n")
        return cls(
            states=arrays["states"],
            subwords=arrays["subwords"],
            pairs=arrays["pairs"],
            sources=np.split(arrays["sources"], arrays["ends"][:-1]),
            scale=scale,
            temperature=temperature,
            prior=prior,
            model=model,
            direction=(source, target),
        )

    def alike(self, source: Sequence[int]) -> list[tuple[int, float]]:
        """The pairs whose sources share the most with a source, the most similar first, and the similarity of each.

        It is the cosine of their subwords, each weighed by how rare it is among the pairs.
        """
        rarity = {subword: self._rarity(subword) for subword in sorted(set(source))}
        shared: dict[int, float] = defaultdict(float)
        for subword, weight in rarity.items():
            for pair in self._holders.get(subword, ()):
                shared[pair] += weight**2
        own = _length(rarity.values())
        found = {pair: score / (own * self._lengths[pair]) for pair, score in shared.items()}
        alike = [pair for pair, score in found.items() if score > LEAST_SIMILARITY]
        best = sorted(alike, key=lambda pair: (-found[pair], pair))[:MOST_SIMILAR]
        return [(pair, found[pair]) for pair in best]

    def pair(self, number: int) -> tuple[list[int], list[int]]:
        """The subwords of a pair's source and target, without the end."""
        entries = slice(self._firsts[number], self._firsts[number + 1] - 1)
        return self.sources[number].tolist(), self.subwords[entries].tolist()

    def similar(self, source: Sequence[int]) -> Entries:
        """The entries of the pairs whose sources are most like a source."""
        best = self.alike(source)
        ranges = [np.arange(self._firsts[pair], self._firsts[pair + 1]) for pair, _ in best]
        scores = [np.full(len(own), score) for own, (_, score) in zip(ranges, best, strict=True)]
        return Entries(
            numbers=np.concatenate([*ranges, np.zeros(0, np.int64)]),
            similarity=((np.concatenate([*scores, np.zeros(0)]) - LEAST_SIMILARITY) / (1 - LEAST_SIMILARITY)) ** 2,
        )

    def neighbours(self, hidden: Floats, entries: Entries) -> Neighbours:
        """The nearest of some entries to each of hidden [R, E], the nearest first.

        Distances are sums of squares of whole numbers below 2 ** 24, which float32 holds exactly in whatever order they
        are added: so what is found does not depend on what else is looked up.
        """
        asked = np.clip(np.rint(hidden / np.float32(self.scale)), -LEVELS, LEVELS).astype(np.float32)
        states = self.states[entries.numbers].astype(np.float32)
        squares = (states**2).sum(axis=1) + (asked**2).sum(axis=1)[:, None]
        found = squares.astype(np.float64) - 2 * (asked @ states.T).astype(np.float64)
        nearest = np.argsort(found, axis=1, kind="stable")[:, :NEIGHBOURS]
        missing = (0, 0), (0, NEIGHBOURS - nearest.shape[1])
        return Neighbours(
            distances=np.pad(np.take_along_axis(found, nearest, axis=1), missing, constant_values=np.inf),
            similarity=np.pad(entries.similarity[nearest], missing),
            subwords=np.pad(self.subwords[entries.numbers].astype(np.int64)[nearest], missing),
        )

    def _rarity(self, subword: int) -> float:
        return math.log((1 + len(self.sources)) / (1 + len(self._holders.get(subword, ()))))

    @cached_property
    def _holders(self) -> dict[int, list[int]]:
        """The pairs whose sources have each subword."""
        found = defaultdict[int, list[int]](list)
        for pair, source in enumerate(self.sources):
            for subword in set(source.tolist()):
                found[subword].append(pair)
        return dict(found)

    @cached_property
    def _lengths(self) -> list[float]:
        """Of each pair's source, as a vector of rarities."""
        rarity = {subword: self._rarity(subword) for subword in self._holders}
        return [_length(rarity[subword] for subword in sorted(set(source.tolist()))) for source in self.sources]

    @cached_property
    def _firsts(self) -> Ints:
        """The first entry of each pair, and one past the last."""
        return np.searchsorted(self.pairs, np.arange(len(self.sources) + 1))


def _length(numbers: Iterable[float]) -> float:
    """Of a vector, and at least a little."""
    return max(math.sqrt(sum(number**2 for number in numbers)), 1e-9)
