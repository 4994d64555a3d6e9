"""All that changes while a network is trained, whatever its task: an update of it, and what a checkpoint holds."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

import torch
from torch import Tensor, nn

from nmt.errors import NMTError
from nmt.training.config import Optimizer
from nmt.training.optimizer import make_optimizer, pack_optimizer, unpack_optimizer, update_average

Network = TypeVar("Network", bound=nn.Module)

_BEGIN_AGAIN = (
    "the last saved model is unharmed; begin again in another folder with a lower learning_rate or a longer warmup"
)

_COUNTERS = ("update", "epoch", "position", "validated", "worse", "best")


@dataclass(kw_only=True)
class TrainingState(Generic[Network]):
    """A network in training; what a checkpoint holds."""

    model: Network
    optimizer: torch.optim.Optimizer
    average: dict[str, Tensor] = field(default_factory=dict)  # moving average of the weights, empty when off
    update: int = 0  # updates done
    epoch: int = 0  # epochs done
    position: int = 0  # updates done in this epoch
    validated: int = 0  # the last update at which the model was validated
    worse: int = 0  # validations since the best
    best: dict[str, float] | None = None  # what the best validation found, and its "score"

    @classmethod
    def start(cls, model: Network, optimizer: Optimizer, weight_decay: float, averaged: bool) -> Self:
        """The state before the first update."""
        average = {name: p.detach().clone() for name, p in model.named_parameters()} if averaged else {}
        return cls(model=model, optimizer=make_optimizer(optimizer, model, weight_decay), average=average)

    def weights(self) -> dict[str, Tensor]:
        """The weights to use the model with: averaged ones if averaging is on."""
        return self.average or {name: p.detach() for name, p in self.model.named_parameters()}

    @contextmanager
    def with_weights(self) -> Iterator[Network]:
        """The model holding `weights()`, for the time of a with statement."""
        own = {name: p.data for name, p in self.model.named_parameters()}
        try:
            for name, parameter in self.model.named_parameters():
                parameter.data = self.weights()[name] if self.average else parameter.data
            yield self.model
        finally:
            for name, parameter in self.model.named_parameters():
                parameter.data = own[name]

    def apply_gradients(self, loss: float, rate: float, max_norm: float, ema_decay: float) -> float:
        """Clip the gradients, do an update with them, and return their norm before clipping.

        Raises NMTError, and changes nothing, if the loss or the norm is not a finite number.
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

    def note(self, score: float, findings: Mapping[str, float]) -> bool:
        """Remember a validation that found this score, the higher the better; True if it is the best so far.

        Raises NMTError, and remembers nothing, if a finding is not a finite number.
        """
        if bad := [f"{name} is {value}" for name, value in findings.items() if not math.isfinite(value)]:
            raise NMTError(f"update {self.update}: the validation's {bad[0]}; {_BEGIN_AGAIN}")
        better = self.best is None or score > self.best["score"]
        self.best, self.worse = ({**findings, "score": score}, 0) if better else (self.best, self.worse + 1)
        return better

    def pack(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Tensors and numbers from which `unpack` makes this state again, to the last bit."""
        tensors = {f"model.{name}": p.detach() for name, p in self.model.named_parameters()}
        tensors |= {f"average.{name}": tensor for name, tensor in self.average.items()}
        return tensors | pack_optimizer(self.optimizer), {name: getattr(self, name) for name in _COUNTERS}

    def unpack(self, tensors: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
        """Take on a packed state."""
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                parameter.copy_(tensors[f"model.{name}"])
            for name, tensor in self.average.items():
                tensor.copy_(tensors[f"average.{name}"])
        unpack_optimizer(self.optimizer, tensors)
        for name in _COUNTERS:
            setattr(self, name, numbers[name])
