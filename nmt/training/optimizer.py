"""Optimizers, learning-rate schedules and averaged weights."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from nmt.training.config import Optimizer, Schedule


def make_optimizer(kind: Optimizer, model: nn.Module, weight_decay: float) -> torch.optim.Optimizer:
    """An optimizer for the model's parameters; vectors (biases and norms) have no weight decay."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    match kind:
        case "adamw":
            return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        case "adam":
            return torch.optim.Adam(groups, betas=(0.9, 0.98), fused=True)
        case "rmsprop":
            return torch.optim.RMSprop(groups)
        case "sgd":
            return torch.optim.SGD(groups, momentum=0.9, fused=True)


def learning_rate(update: int, peak: float, schedule: Schedule, warmup: int, total: int) -> float:
    """The learning rate of an update, counted from 1: a linear increase to peak, then the schedule.

    "cosine" decreases to zero at the last update (Loshchilov and Hutter, 2017), "inverse_sqrt" with the square root of
    the update (Vaswani et al., 2017), "constant" stays.
    """
    if update <= warmup:
        return peak * update / warmup
    match schedule:
        case "cosine":
            return peak * 0.5 * (1 + math.cos(math.pi * (update - warmup) / max(1, total - warmup)))
        case "inverse_sqrt":
            return peak * math.sqrt(max(1, warmup) / update)
        case "constant":
            return peak


def update_average(average: Mapping[str, Tensor], model: nn.Module, decay: float, update: int) -> None:
    """Update the exponential moving average of the weights; early updates have a larger weight."""
    decay = min(decay, (1 + update) / (10 + update))
    torch._foreach_lerp_(list(average.values()), [p.detach() for p in model.parameters()], 1 - decay)


def optimizer_state_dict(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The state of an optimizer, as tensors named optimizer.PARAMETER.KEY."""
    remembered = optimizer.state_dict()["state"]
    return {
        f"optimizer.{index}.{what}": torch.as_tensor(value)
        for index, state in remembered.items()
        for what, value in state.items()
        if value is not None
    }


def load_optimizer_state_dict(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Restore the state of an optimizer of the same kind; tensors with other names are ignored."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, index, what = name.split(".")
            state.setdefault(int(index), {})[what] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
