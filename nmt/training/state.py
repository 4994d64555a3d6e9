"""The state of a network in training, for all tasks: how an update changes it, and how checkpoints store it."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

import torch
from torch import Tensor, nn

from nmt.errors import NMTError
from nmt.training.config import Optimizer
from nmt.training.optimizer import load_optimizer_state_dict, make_optimizer, optimizer_state_dict, update_average

Network = TypeVar("Network", bound=nn.Module)

_BEGIN_AGAIN = (
    "the last saved model is unharmed; begin again in another folder with a lower learning_rate or a longer warmup"
)

# What a checkpoint contains besides tensors: its names for it, and the attributes.
_SAVED = {
    "update": "update",
    "epoch": "epoch",
    "position": "position",
    "validated": "validated",
    "worse": "validations_since_best",
    "best": "best",
}


@dataclass(kw_only=True)
class TrainingState(Generic[Network]):
    """A network in training; what a checkpoint contains."""

    model: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, Tensor] = field(default_factory=dict)  # moving average of the weights, empty when off
    update: int = 0  # updates done
    epoch: int = 0  # epochs done
    position: int = 0  # updates done in this epoch
    validated: int = 0  # the last update at which the model was validated
    validations_since_best: int = 0
    best: dict[str, float] | None = None  # the update of the best validation, its figures and its "score"

    @property
    def epochs_begun(self) -> int:
        """The epoch of the last update, counted from 1."""
        return self.epoch + (self.position > 0)

    @classmethod
    def start(cls, model: Network, optimizer: Optimizer, weight_decay: float, averaged: bool) -> Self:
        """The state before the first update."""
        average = {name: p.detach().clone() for name, p in model.named_parameters()} if averaged else {}
        return cls(model=model, optimizer=make_optimizer(optimizer, model, weight_decay), average=average)

    def weights(self) -> dict[str, Tensor]:
        """The weights to use: the averaged ones if averaging is on."""
        return self.average or {name: p.detach() for name, p in self.model.named_parameters()}

    @contextmanager
    def averaged_weights(self) -> Iterator[Network]:
        """The model with `weights()`, within a with statement."""
        own = {name: p.data for name, p in self.model.named_parameters()}
        try:
            for name, parameter in self.model.named_parameters():
                parameter.data = self.weights()[name] if self.average else parameter.data
            yield self.model
        finally:
            for name, parameter in self.model.named_parameters():
                parameter.data = own[name]

    def apply_gradients(self, loss: float, rate: float, max_norm: float, ema_decay: float) -> float:
        """Clip the gradients, update the weights, and return the norm of the gradients before clipping.

        Raises NMTError, and changes nothing, if the loss or the norm is not finite.
        """
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm).item()
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise NMTError(f"update {self.update + 1}: the loss is {loss} and the gradient norm {norm}; {_BEGIN_AGAIN}")
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.update += 1
        if self.average:
            update_average(self.average, self.model, ema_decay, self.update)
        return norm

    def record_validation(self, score: float, figures: Mapping[str, float]) -> bool:
        """Record a validation with this score (higher is better); return whether it is the best so far.

        Raises NMTError, and records nothing, if a figure is not finite.
        """
        if bad := [f"{name} is {value}" for name, value in figures.items() if not math.isfinite(value)]:
            raise NMTError(f"update {self.update}: the validation's {bad[0]}; {_BEGIN_AGAIN}")
        better = self.best is None or score > self.best["score"]
        self.validations_since_best = 0 if better else self.validations_since_best + 1
        if better:
            self.best = {"update": self.update, **figures, "score": score}
        return better

    def state_dict(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors and numbers from which `load_state_dict` restores this state, to the last bit."""
        tensors = {f"model.{name}": p.detach() for name, p in self.model.named_parameters()}
        tensors |= {f"average.{name}": tensor for name, tensor in self.average.items()}
        numbers = {name: getattr(self, attribute) for name, attribute in _SAVED.items()}
        return tensors | optimizer_state_dict(self.optimizer), numbers

    def load_state_dict(self, tensors: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
        """Restore the state that `state_dict` returned."""
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(tensors[f"model.{name}"])
            for name, tensor in self.average.items():
                tensor.copy_(tensors[f"average.{name}"])
        load_optimizer_state_dict(self.optimizer, tensors)
        for name, attribute in _SAVED.items():
            setattr(self, attribute, numbers[name])
