"""Dropout with masks that are cheap on a CPU: eight elements from every 64-bit random number."""

import torch
from torch import Tensor


def dropout(x: Tensor, rate: float, training: bool, shape: tuple[int, ...] | None = None) -> Tensor:
    """Zero elements of x with probability rate and scale the rest by 1 / (1 - rate) (Srivastava et al., 2014).

    The mask has the given shape, which broadcasts against x; by default every element is drawn separately. On a CPU the
    rate is rounded to a multiple of 1/256: torch's own Bernoulli makes 0.1 draws per nanosecond there, this one 2.5.
    """
    if not training or rate == 0.0:
        return x
    if x.device.type != "cpu":
        mask = torch.empty(shape or x.shape, dtype=x.dtype, device=x.device).bernoulli_(1 - rate)
        return x * mask.div_(1 - rate)
    dropped = max(1, min(255, round(rate * 256)))
    kept = _random_bytes(shape or tuple(x.shape)) >= dropped
    return x * kept.to(x.dtype).mul_(256 / (256 - dropped))


def _random_bytes(shape: tuple[int, ...]) -> Tensor:
    """Uniform bytes of the given shape, from torch's global generator."""
    count = 1
    for size in shape:
        count *= size
    words = torch.empty((count + 7) // 8, dtype=torch.int64).random_(-(2**63), None)
    return words.view(torch.uint8)[:count].view(shape)
