"""What search needs of a translator, whatever runs it; each engine is one file beside this one.

Shapes: R rows (live hypotheses), S source length, C candidates, N watched subwords.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

NONE: Ints = np.zeros(0, dtype=np.int64)


_BLOCK = 8  # source subwords


def padded_length(length: int) -> int:
    """What a sentence of length subwords and EOS is padded to.

    Sums over a padded length may differ in the last bit from those over another one. So only sentences with the same
    one are translated together, and the onnx engine pads to it; then a translation does not depend on what else is in
    a batch.
    """
    return -(-(length + 1) // _BLOCK) * _BLOCK


class SearchState(Protocol):
    """Where each row stands; only its engine knows what is inside."""

    def select(self, rows: Ints) -> Self:
        """The state of the given rows, in their order; a row may come several times."""


State = TypeVar("State", bound=SearchState)


class Step(NamedTuple, Generic[State]):
    """One time step of every row."""

    log_probs: Floats  # [R, C], the most probable next subwords, best first
    ids: Ints  # [R, C]
    watched: Floats  # [R, N], the log-probabilities of the subwords that were asked for by name
    attention: Callable[[], Floats]  # [R, S], worked out where it is asked for
    state: State  # after the step
    hidden: Floats = np.zeros((0, 0))  # [R, E], of which the logits are products with embeddings, if the engine tells


class Engine(Protocol[State]):
    """Runs a translator, or several as one: the mean of the probabilities that they give each next subword.

    The mean of probabilities and not of their logarithms: it sums to one as it is, so scores stay log-probabilities,
    and one translator that is wrongly sure that a subword cannot come does not overrule all others. Subwords that no
    translation may hold (padding, tags) never come out.
    """

    vocab_size: int
    workers: int  # threads that may search at the same time

    def start(self, sources: Sequence[Sequence[int]], rows: int) -> State:
        """Encode sentences, given without EOS, into a state of one row each.

        No sentence may ever have more rows than that, and they stay side by side.
        """

    def step(self, previous: Ints, state: State, candidates: int, watched: Ints = NONE) -> Step[State]:
        """Read the previous subwords [R] and give each row's most probable next ones, and the watched ones [N]."""
