"""A simpler simple recurrent unit (Kim et al., 2019): its states are mixed element by element, without a product.

    f_t = sigmoid(W_f x_t + b_f),  v_t = W_v x_t + b_v,  c_t = f_t c_{t-1} + (1 - f_t) v_t,  output ReLU(c_t)

Gates of all positions are one matrix product. What remains to be done position by position is one interpolation.

Shapes: B batch, T time, I input, H hidden; gates in the order forget, value.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn


class SSRU(nn.Module):
    """One layer; its parameters have the names that they would have in torch's layers."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.weight_ih_l0 = nn.Parameter(torch.empty(2 * hidden_size, input_size))
        self.bias_ih_l0 = nn.Parameter(torch.empty(2 * hidden_size))

    def forward(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Read inputs [B, T, I] from state [B, H]; return outputs and states, both [B, T, H]."""
        states = scan(nn.functional.linear(inputs, self.weight_ih_l0, self.bias_ih_l0), state)
        return torch.relu(states), states


def scan(gates: Tensor, state: Tensor) -> Tensor:
    """States [B, T, H] of a unit with these gates [B, T, 2H], not yet passed through sigmoid, from state [B, H].

    They are computed in float32 at least, and returned in the dtype of gates.
    """
    return cast(Callable[..., Tensor], _Scan.apply)(gates, state)


class _Scan(torch.autograd.Function):
    """A loop over positions in either direction: the few numbers of a position stay in the cache from step to step."""

    @staticmethod
    def forward(ctx: Any, gates: Tensor, state: Tensor) -> Tensor:
        dtype = torch.promote_types(gates.dtype, torch.float32)
        kept, values = gates.to(dtype, copy=True).chunk(2, dim=-1)
        states = gates.new_empty(values.shape, dtype=dtype)
        before = first = state.to(dtype)
        for t in range(states.shape[1]):
            torch.lerp(values[:, t], before, kept[:, t].sigmoid_(), out=states[:, t])
            before = states[:, t]
        ctx.save_for_backward(kept, values, states, first)
        ctx.dtypes = gates.dtype, state.dtype
        return states.to(gates.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        kept, values, states, first = ctx.saved_tensors
        d_gates = grads[0].new_empty(*states.shape[:2], 2 * states.shape[2], dtype=ctx.dtypes[0])
        d_kept, d_values = d_gates.chunk(2, dim=-1)
        d_before = torch.zeros_like(first)
        d_state, scratch = torch.empty_like(first), torch.empty_like(first)
        for t in reversed(range(states.shape[1])):
            before = states[:, t - 1] if t else first
            torch.add(d_before, grads[0][:, t], out=d_state)
            torch.mul(d_state, kept[:, t], out=d_before)
            d_value = d_state.sub_(d_before)
            d_values[:, t] = d_value
            # before the sigmoid: d_state (before - value) f (1 - f)
            d_kept[:, t] = torch.sub(before, values[:, t], out=scratch).mul_(d_value).mul_(kept[:, t])
        return d_gates, d_before.to(ctx.dtypes[1])
