"""Translations that begin as the user says: interactive translation (Knowles and Koehn, 2016; Wuebker et al., 2016).

What is given is matched character by character, so that its last word may go on, and it does not matter how the
tokenizer would cut it into subwords.

Shapes: R rows (live hypotheses), C candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.engines.base import Ints
from nmt.errors import DataError
from nmt.text.tokenizer import SPACE, Tokenizer


@dataclass(frozen=True)
class Prefix:
    """The beginning of a translation, and what a row has still to write of it."""

    text: str  # as subwords spell it: U+2581 for each space, and before the first word
    tokenizer: Tokenizer

    @classmethod
    def of(cls, text: str, tokenizer: Tokenizer) -> "Prefix":
        """The prefix of a text; a space at its end ends its last word. Raises DataError for an unknown character."""
        if unknown := tokenizer.first_unknown(text):
            raise DataError(f"the beginning {text[:60]!r} has {unknown!r}, which the model cannot write; leave it out")
        spelt = "".join(tokenizer.piece(id_) for id_ in tokenizer.encode(text))
        return cls(spelt + SPACE * (text.endswith(" ") and bool(spelt)), tokenizer)

    def allowed(self, ids: Ints, rests: Sequence[str]) -> NDArray[np.bool_]:
        """Which candidates [R, C] go on with what each row has still to write."""
        found = np.ones(ids.shape, dtype=bool)
        for row, rest in enumerate(rests):
            if rest:
                found[row] = np.isin(ids[row], self._going_on(rest))
        return found

    def after(self, rest: str, id_: int) -> str:
        """What is still to be written after a subword."""
        return rest[len(self.tokenizer.piece(id_)) :]

    def _going_on(self, rest: str) -> list[int]:
        """The subwords that begin what is left, or that it begins."""
        return [
            number
            for number, piece in enumerate(self.tokenizer.all_pieces)
            if piece and (piece.startswith(rest) or rest.startswith(piece))
        ]
