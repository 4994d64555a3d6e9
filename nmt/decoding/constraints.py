"""What a search is held to: placeholders that must come exactly once, in the order of the source unless the model is
sure of another one, and sequences that must not come twice.

Shapes: B sentences, R rows (live hypotheses), C candidates, N placeholders, T subwords so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nmt.engines.base import Floats, Ints
from nmt.text.tokenizer import EOS_ID

REPETITION_COST = 20.0  # nats: taken where nothing else is left
REPETITION_CANDIDATES = 3  # of each row, besides those that are usually looked at, since so many may be repetitions
INCOMPLETE_COST = 1000.0  # nats for each placeholder that a translation lacks: whatever has them all is better

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class PlaceholderConstraint:
    """Which of N placeholders the translations of B sentences must have: each that is asked for exactly once, no other.

    Human translators keep the order of two names or numbers in a share p of pairs; a translation that turns two round
    costs log(p / (1 - p)), the odds that it should not. A pair that must never be turned round costs infinity.
    """

    symbols: Ints  # [N]
    required: Flags  # [B, N]
    inversion_costs: Floats  # [B, N, N], in nats: of placeholder j while placeholder i is missing
    apart: Flags  # [B, N, N], which placeholder j must not follow placeholder i at once: </b> not <b>
    space_id: int = -1  # the subword that is a space alone: nothing stands there
    in_banks: bool = False  # share the beam between hypotheses by how many they have met (Post and Vilar, 2018)
    complete: bool = True  # False lets a translation end without some of them

    def of(self, places: Sequence[int]) -> "PlaceholderConstraint":
        """That of some of the sentences."""
        return replace(
            self,
            required=self.required[places],
            inversion_costs=self.inversion_costs[places],
            apart=self.apart[places],
        )

    def candidates(
        self, log_probs: Floats, ids: Ints, watched: Floats, missing: Flags, sentence: Ints, previous: Ints
    ) -> tuple[Floats, Ints]:
        """The candidates [R, C] with every missing placeholder added to them, [R, C + N].

        watched [R, N] are the placeholders' log-probabilities, missing [R, N] says which of them each row lacks, and
        previous [R] is the last subword that it has written, but for spaces alone.
        """
        forbidden: Flags = np.isin(ids, self.symbols)
        if self.complete:
            forbidden = forbidden | ((ids == EOS_ID) & missing.any(axis=1, keepdims=True))
        with np.errstate(invalid="ignore"):  # an infinite cost of what is not missing
            costs = np.where(missing[:, :, None], self.inversion_costs[sentence], 0.0).sum(axis=1)
        too_early = ((previous[:, None] == self.symbols)[:, :, None] & self.apart[sentence]).any(axis=1)
        due = np.where(missing & ~too_early, watched - costs, -np.inf)
        return (
            np.concatenate([np.where(forbidden, -np.inf, log_probs), due], axis=1),
            np.concatenate([ids, np.broadcast_to(self.symbols, due.shape)], axis=1),
        )

    def met(self, missing: Flags, ids: Ints) -> Flags:
        """What is missing [R, N] once each row has gone on with a subword [R]."""
        still: Flags = missing & (ids[:, None] != self.symbols)
        return still


def repeats(tokens: Ints, ids: Ints, size: int) -> Flags:
    """[R, C], which candidates end a sequence of size subwords that the row's tokens [R, T] have already."""
    length = tokens.shape[1]
    if length < size:
        return np.zeros(ids.shape, dtype=bool)
    windows = np.lib.stride_tricks.sliding_window_view(tokens, size, axis=1)  # [R, T - size + 1, size]
    same = (windows[:, :, :-1] == tokens[:, None, length - size + 1 :]).all(axis=2)
    if not same.any():
        return np.zeros(ids.shape, dtype=bool)
    found: Flags = ((windows[:, :, -1:] == ids[:, None]) & same[:, :, None]).any(axis=1)
    return found


def repetitions(ids: Sequence[int], size: int) -> int:
    """How many sequences of size subwords of a sentence stand in it before."""
    sequences = [tuple(ids[start : start + size]) for start in range(len(ids) - size + 1)]
    return len(sequences) - len(set(sequences))
