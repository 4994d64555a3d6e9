"""How well labels were found, and how far their probabilities can be trusted.

Shapes: N lines, L labels.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

BINS = 15  # of the calibration error, as usual


@dataclass(frozen=True, kw_only=True)
class LabelScore:
    """How well the lines of one label were found: in percent, and the counts."""

    precision: float
    recall: float
    f1: float
    gold: int
    found: int
    right: int


@dataclass(frozen=True, kw_only=True)
class LabelScores:
    """The scores of all labels."""

    accuracy: float  # in percent; with one label a line it is the micro F1
    macro_f1: float  # the mean F1 of the labels, in percent
    labels: Mapping[str, LabelScore]
    confusion: Mapping[str, Mapping[str, int]]  # confusion[a][b]: lines of label a for which b was found


def score_labels(gold: Sequence[str], found: Sequence[str]) -> LabelScores:
    """Score the label found for each line against its gold one."""
    pairs = Counter(zip(gold, found, strict=True))
    of_gold, of_found = Counter(gold), Counter(found)
    labels = sorted(of_gold | of_found)
    each = {label: _score(of_gold[label], of_found[label], pairs[label, label]) for label in labels}
    return LabelScores(
        accuracy=_percent(sum(pairs[label, label] for label in labels), len(gold)),
        macro_f1=math.fsum(score.f1 for score in each.values()) / max(1, len(each)),
        labels=each,
        confusion={a: {b: pairs[a, b] for b in labels if pairs[a, b]} for a in labels},
    )


def calibration_error(probabilities: Floats, gold: NDArray[np.int64]) -> float:
    """The expected calibration error (Naeini et al., 2015; Guo et al., 2017), in percent.

    Lines are put into bins of equal width by the probability of the label that was found; in each, the mean probability
    is compared with the share of right labels. probabilities [N, L], gold [N] the numbers of the right labels.
    """
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == gold
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs((sure[bins == number] - right[bins == number]).sum()) for number in range(BINS)]
    return 100 * math.fsum(gaps) / max(1, len(gold))


def fit_temperature(scores: Floats, gold: NDArray[np.int64]) -> float:
    """The temperature between 1/16 and 16 at which gold labels are most probable (Guo et al., 2017).

    scores [N, L] before the softmax, gold [N]. The loss is convex in 1 / temperature, so a golden-section search finds
    its minimum.
    """
    ratio = (math.sqrt(5) - 1) / 2
    low, high = 1 / 16, 16.0  # of 1 / temperature
    while high - low > 1e-4 * high:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if _loss(scores * left, gold) <= _loss(scores * right, gold):
            high = right
        else:
            low = left
    return 2 / (low + high)


def _loss(scores: Floats, gold: NDArray[np.int64]) -> float:
    scores = scores - scores.max(axis=1, keepdims=True)
    own = scores[np.arange(len(gold)), gold]
    return float((np.log(np.exp(scores).sum(axis=1)) - own).mean())


def _score(gold: int, found: int, right: int) -> LabelScore:
    return LabelScore(
        precision=_percent(right, found),
        recall=_percent(right, gold),
        f1=_percent(2 * right, gold + found),
        gold=gold,
        found=found,
        right=right,
    )


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
