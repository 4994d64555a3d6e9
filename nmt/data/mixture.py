"""A mixture of corpora: an epoch goes through each of them as often as its weight says."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class WeightedCorpus:
    """A corpus in the files of prepared training pairs, in which its own follow those of the corpus before it."""

    pairs: int
    weight: float


def epoch_rows(
    mixture: Sequence[WeightedCorpus], pair_numbers: NDArray[np.int64], seed: int, epoch: int
) -> NDArray[np.int64]:
    """Which rows an epoch, counted from 0, goes through; pair_numbers has each row's place in the files, shape [rows].

    Within a corpus each epoch goes on where the one before it ended, in an order that is drawn anew for each pass, so
    that no row comes a second time before all have come once.
    """
    rows, first = [np.arange(0)], 0
    for number, corpus in enumerate(mixture):
        own = np.flatnonzero((pair_numbers >= first) & (pair_numbers < first + corpus.pairs))
        start, end = (math.floor(passes * corpus.weight * len(own)) for passes in (epoch, epoch + 1))
        if len(own):
            passes, places = np.divmod(np.arange(start, end), len(own))
            for each in np.unique(passes):
                order = np.random.default_rng([seed, number, each]).permutation(own)
                rows.append(order[places[passes == each]])
        first += corpus.pairs
    return np.concatenate(rows)
