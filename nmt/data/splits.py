"""Samples of a corpus, and held-out sentences: pairs for validation and test, none of which the training set knows."""

import random
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from nmt.data.cleaning import left_out, sentence_key
from nmt.errors import DataError

Pair = TypeVar("Pair", bound=tuple[str, ...], covariant=True)  # both sides of a pair, and perhaps more about it

LARGEST = 2000  # pairs in a held-out set
SHARE = 0.05  # and at most this share of the corpus


class Corpus(Protocol[Pair]):
    """Pairs by their number, in memory or on disk."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Pair]: ...

    def __getitem__(self, index: int, /) -> Pair: ...


def held_out_size(pairs: int) -> int:
    """The default size of a held-out set."""
    return min(LARGEST, int(pairs * SHARE))


def sample(pairs: Iterable[Pair], size: int, *, seed: int, counts: Counter[str]) -> list[Pair]:
    """Draw pairs at random, each as likely as any other, and keep their order (Vitter, 1985, algorithm R).

    Those that are not drawn count under "limit".
    """
    generator = random.Random(seed)
    drawn: list[tuple[int, Pair]] = []
    for number, pair in enumerate(pairs):
        if number < size:
            drawn.append((number, pair))
            continue
        counts["limit"] += 1
        if (place := generator.randrange(number + 1)) < size:
            drawn[place] = (number, pair)
    return [pair for _, pair in sorted(drawn)]


def hold_out(
    pairs: Corpus[Pair], sizes: Mapping[str, int], *, seed: int, counts: Counter[str]
) -> tuple[dict[str, list[Pair]], Iterator[Pair]]:
    """Take sets of the given sizes out of pairs at random; return them and the rest.

    Sentences that differ only in case or punctuation never end up in two sets: pairs of the rest that share one with a
    held-out set are dropped and counted under "overlap". Raises DataError if there are too few pairs; that none is left
    shows at the end of the rest.
    """
    few = f"{len(pairs)} pair{'s are' if len(pairs) != 1 else ' is'} too few to hold out"
    before = left_out(counts, len(pairs))
    order = array("Q", range(len(pairs)))  # 8 bytes a pair
    random.Random(seed).shuffle(order)
    owner: dict[int, str] = {}  # of each held-out sentence, on either side
    chosen: dict[int, str] = {}
    waiting = iter(order)
    for name, size in sizes.items():
        taken = 0
        while taken < size:
            index = next(waiting, None)
            if index is None:
                left = len(pairs) - len(chosen)
                shared = f": {left} share a sentence with those held out already" * bool(left)
                raise DataError(
                    f"{few} {size} for {name}{shared or before}; give --{name}, a smaller --hold-out, or more text"
                )
            keys = [sentence_key(side) for side in pairs[index][:2]]
            if all(owner.get(key, name) == name for key in keys):
                owner |= dict.fromkeys(keys, name)
                chosen[index] = name
                taken += 1
    held: dict[str, list[Pair]] = {name: [] for name in sizes}
    for index in sorted(chosen):
        held[chosen[index]].append(pairs[index])

    def rest() -> Iterator[Pair]:
        left = 0
        for index, pair in enumerate(pairs):
            if index in chosen:
                continue
            if any(sentence_key(side) in owner for side in pair[:2]):
                counts["overlap"] += 1
                continue
            left += 1
            yield pair
        if not left:
            held_out = " and ".join(f"{size} for {name}" for name, size in sizes.items())
            raise DataError(
                f"{few} {held_out}: none is left that shares no sentence with these; "
                "give such sets, a smaller --hold-out, or more text"
            )

    return held, rest()
