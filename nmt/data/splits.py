"""Held-out sets: pairs taken out of a corpus for validation and test, which do not overlap with the training set."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from nmt.data.cleaning import Pair, sentence_key
from nmt.errors import DataError

LARGEST = 2000  # pairs in a held-out set
SHARE = 0.05  # and at most this share of the corpus


def held_out_size(pairs: int) -> int:
    """The default size of a held-out set."""
    return min(LARGEST, int(pairs * SHARE))


def hold_out(
    pairs: Sequence[Pair], sizes: Mapping[str, int], *, seed: int, counts: Counter[str]
) -> tuple[dict[str, list[Pair]], list[Pair]]:
    """Take sets of the given sizes out of pairs at random; return them and the rest.

    Sentences that differ only in case or punctuation never end up in two sets: pairs of the rest that share one with a
    held-out set are dropped and counted under "overlap". Raises DataError if there are too few pairs.
    """
    order = list(range(len(pairs)))
    random.Random(seed).shuffle(order)
    owner: dict[int, str] = {}  # of each held-out sentence, on either side
    chosen: dict[int, str] = {}
    waiting = iter(order)
    for name, size in sizes.items():
        taken = 0
        while taken < size:
            index = next(waiting, None)
            if index is None:
                raise DataError(
                    f"{len(pairs)} pairs are too few to hold out {size} for {name}; "
                    f"give --{name}, a smaller --hold-out, or more text"
                )
            keys = [sentence_key(side) for side in pairs[index]]
            if all(owner.get(key, name) == name for key in keys):
                owner |= dict.fromkeys(keys, name)
                chosen[index] = name
                taken += 1
    held: dict[str, list[Pair]] = {name: [] for name in sizes}
    rest = []
    for index, pair in enumerate(pairs):
        if index in chosen:
            held[chosen[index]].append(pair)
        elif any(sentence_key(side) in owner for side in pair):
            counts["overlap"] += 1
        else:
            rest.append(pair)
    if not rest:
        held_out = " and ".join(f"{size} for {name}" for name, size in sizes.items())
        raise DataError(
            f"{len(pairs)} pairs are too few to hold out {held_out}: none is left that shares no sentence with these; "
            "give such sets, a smaller --hold-out, or more text"
        )
    return held, rest
