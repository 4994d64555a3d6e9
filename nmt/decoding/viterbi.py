"""What a tagger's scores say: the best tags by Viterbi's algorithm, and how probable a span is.

The transition scores [L + 1, L] hold those after each tag, and in the last row those at a sentence's start.

Shapes: B batch, W words, L tags.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]


def viterbi(emissions: Scores, lengths: Ints, transitions: Scores) -> Ints:
    """The sequence of tags [B, W] with the highest score, given emissions [B, W, L] (Viterbi, 1967).

    Sentences have one word or more; what stands beyond their lengths [B] means nothing.
    """
    best = transitions[-1] + emissions[:, 0]  # [B, L], of all sequences that end in a tag
    stay = np.arange(best.shape[1])
    before = []  # the tag that each of the best sequences had a word earlier
    for word in range(1, emissions.shape[1]):
        scores = best[:, :, None] + transitions[:-1]
        live = (word < lengths)[:, None]
        before.append(np.where(live, scores.argmax(axis=1), stay))
        best = np.where(live, scores.max(axis=1) + emissions[:, word], best)
    tags = [best.argmax(axis=1)]
    for pointers in reversed(before):
        tags.append(np.take_along_axis(pointers, tags[-1][:, None], axis=1)[:, 0])
    return np.stack(tags[::-1], axis=1)


class Lattice(NamedTuple):
    """Log-scores of all sequences up to each word's tag and after it [B, W, L], and of all sequences [B].

    A tag's marginal log-probability is forward + backward - total.
    """

    forward: Scores
    backward: Scores
    total: Scores


def forward_backward(emissions: Scores, lengths: Ints, transitions: Scores) -> Lattice:
    """Sum over all sequences of tags, given emissions [B, W, L] (Rabiner, 1989); see viterbi for the lengths."""
    forward, backward = np.empty_like(emissions), np.zeros_like(emissions)
    forward[:, 0] = transitions[-1] + emissions[:, 0]
    words = emissions.shape[1]
    for word in range(1, words):
        longer = _log_sum(forward[:, word - 1, :, None] + transitions[:-1], 1) + emissions[:, word]
        forward[:, word] = np.where((word < lengths)[:, None], longer, forward[:, word - 1])
    for word in reversed(range(words - 1)):
        rest = (emissions[:, word + 1] + backward[:, word + 1])[:, None, :]
        backward[:, word] = np.where((word + 1 < lengths)[:, None], _log_sum(transitions[:-1] + rest, 2), 0.0)
    return Lattice(forward, backward, _log_sum(forward[:, -1], 1))


def span_probability(
    emissions: Scores, transitions: Scores, lattice: Lattice, row: int, span: tuple[int, int], begin: int, inside: int
) -> float:
    """The probability that words span (first, end) of sentence row are tagged begin, inside, ... and not gone on with.

    emissions [W, L] are those of the sentence, without padding.
    """
    start, end = span
    path = [begin] + [inside] * (end - start - 1)
    score = lattice.forward[row, start, begin]
    for word, (tag, following) in enumerate(pairwise(path), start=start + 1):
        score += transitions[tag, following] + emissions[word, following]
    if end < len(emissions):
        after = transitions[path[-1]] + emissions[end] + lattice.backward[row, end]
        score += _log_sum(np.delete(after, inside), 0)
    return float(np.exp(min(0.0, score - lattice.total[row])))


def padded(rows: Sequence[Scores]) -> tuple[Scores, Ints]:
    """Emissions [W, L] of several sentences as one array [B, W, L], and the lengths [B]."""
    lengths = np.array([len(row) for row in rows])
    emissions = np.zeros((len(rows), int(lengths.max()), rows[0].shape[1]), dtype=rows[0].dtype)
    for place, row in zip(emissions, rows, strict=True):
        place[: len(row)] = row
    return emissions, lengths


def _log_sum(scores: Scores, axis: int) -> Any:
    """The logarithm of summed exponentials."""
    highest = scores.max(axis=axis, keepdims=True)
    return np.log(np.exp(scores - highest).sum(axis=axis)) + highest.squeeze(axis)
