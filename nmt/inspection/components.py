"""Principal components: the plane in which many states differ most.

Shapes: N states, H hidden.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def principal_components(states: NDArray[Any], count: int = 2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The places [N, count] of states [N, H] along the directions in which they vary most, and the share [count] of
    the variance in each (Pearson, 1901). A direction points to where its largest weight is positive.
    """
    centred = states.astype(np.float64) - states.mean(axis=0, dtype=np.float64)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    chosen = directions[:count]
    largest = np.abs(chosen).argmax(axis=1)
    chosen = chosen * np.sign(chosen[np.arange(len(chosen)), largest])[:, None]
    shares = values**2 / max((values**2).sum(), np.finfo(np.float64).tiny)
    return centred @ chosen.T, shares[:count]
