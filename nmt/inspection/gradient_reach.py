"""How far the gradient of a recurrent layer reaches back in time: what vanishes, and what explodes.

Shapes: B windows, T time, I input.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.models.cells import Recurrent


def gradient_reach(layer: Recurrent, inputs: Tensor, *, seed: int = 1) -> NDArray[np.float64]:
    """Norms [T] of the gradient of the last state by the input of 0, 1, … steps before, for inputs [B, T, I].

    The state is multiplied by a random vector of length 1 for each window, and the norms are their mean over windows.
    In a recurrent network they shrink or grow by a factor a step (Hochreiter, 1991; Bengio et al., 1994).
    """
    generator = torch.Generator().manual_seed(seed)
    inputs = inputs.detach().requires_grad_()
    outputs, _ = layer(inputs)
    direction = torch.randn(outputs[:, -1].shape, generator=generator).to(outputs)
    direction /= direction.norm(dim=-1, keepdim=True)
    [gradient] = torch.autograd.grad((outputs[:, -1] * direction).sum(), [inputs])
    norms: NDArray[np.float64] = gradient.norm(dim=-1).mean(dim=0).flip(0).double().cpu().numpy()
    return norms
