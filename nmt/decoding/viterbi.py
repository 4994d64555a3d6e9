"""What a tagger's scores say: the best tags by Viterbi's algorithm, and how probable a span is.

The transition scores [L + 1, L] hold those after each tag, and in the last row those at a sentence's start.

Shapes: W words, L tags.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.floating[Any]]


def viterbi(emissions: Scores, transitions: Scores) -> list[int]:
    """The sequence of tags with the highest score, given emissions [W, L] of one word or more (Viterbi, 1967)."""
    best = transitions[-1] + emissions[0]  # [L], of all sequences that end in a tag
    before = []
    for row in emissions[1:]:
        scores = best[:, None] + transitions[:-1]
        before.append(scores.argmax(axis=0))
        best = scores.max(axis=0) + row
    tags = [int(best.argmax())]
    for pointers in reversed(before):
        tags.append(int(pointers[tags[-1]]))
    return tags[::-1]


def forward_backward(emissions: Scores, transitions: Scores) -> tuple[Scores, Scores, float]:
    """Log-scores of all sequences up to and after each word's tag, [W, L] each, and of all sequences (Rabiner, 1989).

    A tag's marginal log-probability is forward + backward - total.
    """
    forward, backward = np.empty_like(emissions), np.zeros_like(emissions)
    forward[0] = transitions[-1] + emissions[0]
    for word in range(1, len(emissions)):
        forward[word] = _log_sum(forward[word - 1][:, None] + transitions[:-1], 0) + emissions[word]
    for word in reversed(range(len(emissions) - 1)):
        backward[word] = _log_sum(transitions[:-1] + (emissions[word + 1] + backward[word + 1])[None, :], 1)
    return forward, backward, float(_log_sum(forward[-1], 0))


def span_probabilities(
    emissions: Scores, transitions: Scores, tags: Sequence[str], spans: Sequence[tuple[int, int, str]]
) -> list[float]:
    """For each span (first word, end word, type) the probability that it is an entity, with these ends and type."""
    forward, backward, total = forward_backward(emissions, transitions)
    found = []
    for start, end, kind in spans:
        begin, inside = tags.index(f"B-{kind}"), tags.index(f"I-{kind}")
        path = [begin] + [inside] * (end - start - 1)
        score = forward[start, begin]
        for word, (tag, following) in enumerate(pairwise(path), start=start + 1):
            score += transitions[tag, following] + emissions[word, following]
        if end < len(emissions):  # and whatever comes next does not go on with it
            after = transitions[path[-1]] + emissions[end] + backward[end]
            score += _log_sum(np.delete(after, inside), 0)
        found.append(float(np.exp(min(0.0, score - total))))
    return found


def _log_sum(scores: Scores, axis: int) -> Any:
    """The logarithm of summed exponentials."""
    highest = scores.max(axis=axis, keepdims=True)
    return np.log(np.exp(scores - highest).sum(axis=axis)) + highest.squeeze(axis)
