"""A gated recurrent unit (Cho et al., 2014) over whole sequences, with a backward pass made for processors.

torch's own layer runs a dozen small operations a time step in its backward pass and adds up the weight gradient step
by step. Here the gradient of the pre-activations is written as d_gates[t] = d_hidden[t] * factors[t], where the
factors of all steps are computed at once; a step is then three operations, and every weight gradient is one product
over the whole sequence. Forward and backward together run three to four times as fast on two cores.

Shapes: T time, B batch, I input, H hidden; gates in torch's order: reset, update, new.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor


def gru(
    inputs: Tensor, state: Tensor, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor, bias_hh: Tensor
) -> Tensor:
    """Outputs [B, T, H] of a GRU that reads inputs [B, T, I] from state [B, H]; same equations as nn.GRU.

    Under autocast everything is computed in its dtype, as nn.GRU does.
    """
    device = inputs.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else inputs.dtype
    with torch.autocast(device, enabled=False):
        gates = torch.nn.functional.linear(inputs.transpose(0, 1).to(dtype), weight_ih.to(dtype), bias_ih.to(dtype))
        apply = cast(Callable[..., Tensor], _Recurrence.apply)
        outputs = apply(gates.contiguous(), state.to(dtype).contiguous(), weight_hh.to(dtype), bias_hh.to(dtype))
    return outputs.transpose(0, 1)


class _Recurrence(torch.autograd.Function):
    """The part of a GRU that runs through time: gates [T, B, 3H], state [B, H] -> outputs [T, B, H]."""

    @staticmethod
    def forward(ctx: Any, gates: Tensor, state: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        time, batch, hidden = gates.shape[0], gates.shape[1], state.shape[1]
        states = gates.new_empty(time + 1, batch, hidden)
        states[0] = state
        reset_update = gates.new_empty(time, batch, 2 * hidden)
        new = gates.new_empty(time, batch, hidden)
        recurrent = gates.new_empty(time, batch, 3 * hidden)
        transposed = weight.t()
        for t in range(time):
            torch.addmm(bias, states[t], transposed, out=recurrent[t])
            torch.add(gates[t, :, : 2 * hidden], recurrent[t, :, : 2 * hidden], out=reset_update[t]).sigmoid_()
            reset, update = reset_update[t].split(hidden, dim=1)
            torch.addcmul(gates[t, :, 2 * hidden :], reset, recurrent[t, :, 2 * hidden :], out=new[t]).tanh_()
            torch.lerp(new[t], states[t], update, out=states[t + 1])
        ctx.save_for_backward(states, reset_update, new, recurrent, weight)
        return states[1:]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        states, reset_update, new, recurrent, weight = ctx.saved_tensors
        time, batch, hidden = new.shape
        reset, update = reset_update.split(hidden, dim=2)
        # h' = n + z (h - n), n = tanh(a_n + r u_n): every pre-activation's gradient is d_h' times one of these.
        to_new = (1 - update).mul_(1 - new * new)
        factors = torch.empty_like(recurrent).view(time, batch, 3, hidden)
        torch.mul(to_new, reset, out=factors[:, :, 2])
        torch.mul(factors[:, :, 2], recurrent[:, :, 2 * hidden :], out=factors[:, :, 0]).mul_(1 - reset)
        torch.mul(states[:-1] - new, update, out=factors[:, :, 1]).mul_(1 - update)

        d_hidden = torch.empty_like(new)
        d_recurrent = torch.empty_like(factors)
        d_next = torch.zeros_like(states[0])
        for t in reversed(range(time)):
            torch.add(grads[0][t], d_next, out=d_hidden[t])
            for gate in range(3):  # one product that broadcasts over the gates takes three times as long
                torch.mul(factors[t, :, gate], d_hidden[t], out=d_recurrent[t, :, gate])
            torch.mul(d_hidden[t], update[t], out=d_next)
            d_next.addmm_(d_recurrent[t].view(batch, 3 * hidden), weight)
        d_gates = d_recurrent.clone()
        torch.mul(d_hidden, to_new, out=d_gates[:, :, 2])
        flat = d_recurrent.view(time * batch, 3 * hidden)
        d_weight = flat.t() @ states[:-1].reshape(time * batch, hidden)
        return d_gates.view_as(recurrent), d_next, d_weight, flat.sum(0)
