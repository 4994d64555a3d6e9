"""What a search is held to: subwords that must come in a translation, so often and no more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nmt.engines.base import Ints
from nmt.text.tokenizer import EOS_ID


@dataclass(frozen=True)
class Required:
    """How often each of N subwords is to come in the translations of B sentences: neither less nor more."""

    symbols: Ints  # [N]
    counts: Ints  # [B, N]
    enough: bool = True  # False lets a translation end with less

    def of(self, places: Sequence[int]) -> "Required":
        """What is required of some of the sentences."""
        return replace(self, counts=self.counts[places])

    def forbids(self, ids: Ints, missing: Ints) -> NDArray[np.bool_]:
        """[R, C], which of the next subwords must not come where these counts [R, N] are missing still."""
        spent = (ids[:, :, None] == self.symbols) & (missing[:, None] <= 0)
        early = (ids == EOS_ID) & (missing.max(axis=1)[:, None] > 0)
        forbidden: NDArray[np.bool_] = spent.any(axis=2) | (early & self.enough)
        return forbidden
