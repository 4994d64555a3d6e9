from math import log

import torch

from nmt.models.ssru import SSRU, scan


def one_by_one(gates, state):
    """The equations as they stand in the paper, with gradients by autograd."""
    states = []
    for forget, value in (position.chunk(2, dim=-1) for position in gates.unbind(1)):
        kept = torch.sigmoid(forget)
        state = kept * state + (1 - kept) * value
        states.append(state)
    return torch.stack(states, dim=1)


def test_outputs_by_hand():
    layer = SSRU(2, 1).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.eye(2))  # the inputs are the gates: forget, value
        layer.bias_ih_l0.copy_(torch.tensor([0.0, 1.0]))
    inputs = torch.tensor([[[0.0, 1.0], [0.0, -5.0], [log(3), 4.0]]], dtype=torch.double)
    outputs, states = layer(inputs, torch.ones(1, 1, dtype=torch.double))
    # Forget is 1/2, 1/2 and 3/4, values are 2, -4 and 5: (1 + 2) / 2, (1.5 - 4) / 2, (3 * -1.25 + 5) / 4.
    torch.testing.assert_close(states.flatten().tolist(), [1.5, -1.25, 0.3125])
    torch.testing.assert_close(outputs.flatten().tolist(), [1.5, 0.0, 0.3125])


def test_states_and_gradients_are_those_of_the_equations():
    torch.manual_seed(1)
    gates = torch.randn(3, 5, 8, dtype=torch.double, requires_grad=True)
    state = torch.randn(3, 4, dtype=torch.double, requires_grad=True)
    before = gates.detach().clone()
    states, expected = scan(gates, state), one_by_one(gates, state)
    torch.testing.assert_close(states, expected, atol=1e-14, rtol=0)
    weights = torch.randn_like(expected)
    ours = torch.autograd.grad((states * weights).sum(), [gates, state])
    theirs = torch.autograd.grad((expected * weights).sum(), [gates, state])
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, atol=1e-14, rtol=0)
    assert torch.autograd.gradcheck(scan, (gates, state))
    assert torch.equal(gates, before)


def test_in_bfloat16_states_are_mixed_in_float32():
    gates = torch.zeros(1, 300, 2, dtype=torch.bfloat16)
    gates[..., 0] = 5  # what is kept, 0.9933, is 0.9922 in bfloat16, and so would decay faster
    states = scan(gates, torch.ones(1, 1, dtype=torch.bfloat16))
    assert states.dtype == torch.bfloat16
    expected = one_by_one(gates.double(), torch.ones(1, 1).double())
    torch.testing.assert_close(states.double(), expected, atol=0, rtol=0.005)


def test_closed_gates_and_large_values_stay_finite():
    gates = torch.tensor([[[200.0, 3.0], [-200.0, 1e30], [200.0, 5.0]]], requires_grad=True)
    states = scan(gates, torch.ones(1, 1))
    torch.testing.assert_close(states.flatten().tolist(), [1.0, 1e30, 1e30])  # kept, replaced, kept
    states.sum().backward()
    assert gates.grad.isfinite().all()
