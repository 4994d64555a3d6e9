"""A gated recurrent unit (Cho et al., 2014) over whole sequences, with a fast backward pass on CPUs.

torch's own layer runs a dozen small operations per time step in its backward pass, and accumulates the weight gradient
step by step. Here every weight gradient is one matrix product over the whole sequence, and the intermediate results of
a step are used while they are in the cache. Forward and backward pass together are three to four times as fast on two
cores.

Shapes: T time, B batch, I input, H hidden; gates in torch's order: reset, update, new.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor


def gru(
    inputs: Tensor, state: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor
) -> Tensor:
    """Outputs [B, T, H] of a GRU that reads inputs [B, T, I] from state [B, H]; the equations are those of nn.GRU.

    Under autocast everything is computed in its dtype, as nn.GRU does.
    """
    device = inputs.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else inputs.dtype
    with torch.autocast(device, enabled=False):
        apply = cast(Callable[..., Tensor], _GRU.apply)
        parts = inputs.transpose(0, 1), state, weight_ih, weight_hh, bias_ih, bias_hh
        return apply(*(part.to(dtype).contiguous() for part in parts)).transpose(0, 1)


class _GRU(torch.autograd.Function):
    """r = sigmoid(a_r + u_r), z = sigmoid(a_z + u_z), n = tanh(a_n + r u_n), h' = n + z (h - n).

    a is the product of inputs and weights, u that of state and weights, each with its bias.
    Inputs [T, B, I], state [B, H] -> outputs [T, B, H].
    """

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, state: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor
    ) -> Tensor:
        time, batch, hidden = inputs.shape[0], *state.shape
        bias_r_z = bias_ih[: 2 * hidden] + bias_hh[: 2 * hidden]
        bias = torch.cat([bias_r_z, bias_ih[2 * hidden :]])
        gates = torch.addmm(bias, inputs.flatten(0, 1), weight_ih.t()).view(time, batch, 3 * hidden)
        states = gates.new_empty(time + 1, batch, hidden)
        states[0] = state
        u_new = gates.new_empty(time, batch, hidden)
        u = gates.new_empty(batch, 3 * hidden)
        transposed = weight_hh.t().contiguous()
        for t in range(time):
            torch.mm(states[t], transposed, out=u)
            r_z = gates[t, :, : 2 * hidden].add_(u[:, : 2 * hidden]).sigmoid_()
            torch.add(u[:, 2 * hidden :], bias_hh[2 * hidden :], out=u_new[t])
            new = gates[t, :, 2 * hidden :].addcmul_(r_z[:, :hidden], u_new[t]).tanh_()
            torch.lerp(new, states[t], r_z[:, hidden:], out=states[t + 1])
        ctx.save_for_backward(inputs, states, gates, u_new, weight_ih, weight_hh)
        return states[1:]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        inputs, states, gates, u_new, weight_ih, weight_hh = ctx.saved_tensors
        hidden = u_new.shape[2]
        d_a, d_u = torch.empty_like(gates), torch.empty_like(gates)
        d_next = torch.zeros_like(states[0])
        d_state, scratch = torch.empty_like(d_next), torch.empty_like(d_next)
        for t in reversed(range(len(u_new))):
            r, z, n = gates[t].split(hidden, dim=1)
            d_r, d_z, d_u_new = d_u[t].split(hidden, dim=1)
            d_new = d_a[t, :, 2 * hidden :]
            torch.add(grads[0][t], d_next, out=d_state)
            torch.addcmul(d_state, d_state, z, value=-1, out=scratch)
            torch.mul(scratch, n, out=d_new)
            torch.addcmul(scratch, d_new, n, value=-1, out=d_new)  # d_state (1 - z) (1 - n n)
            torch.mul(d_new, r, out=d_u_new)
            torch.mul(d_u_new, u_new[t], out=scratch)
            torch.addcmul(scratch, scratch, r, value=-1, out=d_r)
            torch.mul(d_state, z, out=d_next)
            torch.sub(states[t], n, out=scratch).mul_(d_next)
            torch.addcmul(scratch, scratch, z, value=-1, out=d_z)
            d_a[t, :, : 2 * hidden] = d_u[t, :, : 2 * hidden]
            d_next.addmm_(d_u[t], weight_hh)
        d_a, d_u = d_a.flatten(0, 1), d_u.flatten(0, 1)
        d_weight_ih, d_bias_ih = _product_over_time(inputs, d_a)
        d_weight_hh, d_bias_hh = _product_over_time(states[:-1], d_u)
        d_inputs = (d_a @ weight_ih).view_as(inputs)
        return d_inputs, d_next, d_weight_ih, d_weight_hh, d_bias_ih, d_bias_hh


def _product_over_time(x: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of a weight [3H, X] and a bias [3H] that were applied to x [T, B, X], from the gradient [T * B, 3H]."""
    flat = x.flatten(0, 1)
    product = torch.cat([flat.t(), flat.new_ones(1, len(flat))]) @ gradient  # the larger factor is not transposed
    return product[:-1].t(), product[-1]
