"""Our backward passes against algorithms that never go back in time.

Real-time recurrent learning (Williams and Zipser, 1989) carries dh/dw forward: dh_t = J_t dh_(t-1) + the direct part,
of all weights at once. Where a state is recurrent by itself alone, as in the SSRU, that is one number a weight, and
the algorithm is causal recursive backpropagation (Campolucci, Uncini and Piazza, 1996). Both are written here from the
equations of the cells, with Jacobians of a single step, and share nothing with the code that they check.
"""

import pytest
import torch
from torch.func import jacrev

from nmt.models.gru import gru
from nmt.models.ssru import scan

INPUT, HIDDEN = 3, 4


def gru_step(state, x, w_x, w_h, b_x, b_h):
    """torch's equations of a GRU, with gates in the order reset, update, new."""
    r_x, z_x, n_x = (w_x @ x + b_x).chunk(3)
    r_h, z_h, n_h = (w_h @ state + b_h).chunk(3)
    z = torch.sigmoid(z_x + z_h)
    return (1 - z) * torch.tanh(n_x + torch.sigmoid(r_x + r_h) * n_h) + z * state


def rnn_step(state, x, w_x, w_h, b_x, b_h):
    return torch.tanh(w_x @ x + b_x + w_h @ state + b_h)


def recurrent_learning(step, weights, inputs, state, wanted):
    """The gradient of sum(wanted * states) by each weight, by real-time recurrent learning."""
    carried = [torch.zeros(HIDDEN, *w.shape, dtype=torch.double) for w in weights]
    gradients = [torch.zeros_like(w) for w in weights]
    for x, target in zip(inputs, wanted, strict=True):
        jacobian, _, *direct = jacrev(step, argnums=tuple(range(2 + len(weights))))(state, x, *weights)
        carried = [
            torch.einsum("ij,j...->i...", jacobian, before) + now for before, now in zip(carried, direct, strict=True)
        ]
        gradients = [g + torch.einsum("i,i...->...", target, c) for g, c in zip(gradients, carried, strict=True)]
        state = step(state, x, *weights)
    return gradients


@pytest.mark.parametrize("length", [1, 2, 17])
@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_backpropagation_through_time_gives_what_recurrent_learning_does(cell, length):
    torch.manual_seed(length)
    gates = {"gru": 3, "rnn": 1}[cell] * HIDDEN
    shapes = (gates, INPUT), (gates, HIDDEN), (gates,), (gates,)
    weights = [torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in shapes]
    inputs, wanted = (torch.randn(length, size, dtype=torch.double) for size in (INPUT, HIDDEN))
    state = torch.randn(HIDDEN, dtype=torch.double)
    if cell == "gru":
        states = gru(inputs[None], state[None], *weights)[0]
    else:
        layer = torch.nn.RNN(INPUT, HIDDEN, batch_first=True, dtype=torch.double)
        parameters = dict(zip(dict(layer.named_parameters()), weights, strict=True))
        states = torch.func.functional_call(layer, parameters, (inputs[None], state[None, None]))[0][0]
    ours = torch.autograd.grad((states * wanted).sum(), weights)
    step = gru_step if cell == "gru" else rnn_step
    theirs = recurrent_learning(step, [w.detach() for w in weights], inputs, state, wanted)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, atol=1e-10, rtol=0)


@pytest.mark.parametrize("length", [1, 2, 17])
def test_the_scan_of_an_ssru_gives_what_causal_recursive_backpropagation_does(length):
    torch.manual_seed(length)
    inputs = torch.randn(length, INPUT, dtype=torch.double)
    weight = torch.randn(2 * HIDDEN, INPUT, dtype=torch.double, requires_grad=True)
    wanted, first = torch.randn(length, HIDDEN, dtype=torch.double), torch.randn(HIDDEN, dtype=torch.double)
    states = scan((inputs @ weight.T)[None], first[None])[0]
    [ours] = torch.autograd.grad((states * wanted).sum(), [weight])
    forget, value = weight.detach().chunk(2)
    state, d_forget, d_value = first, torch.zeros_like(forget), torch.zeros_like(value)  # of each state by its weights
    theirs = torch.zeros_like(weight)
    for x, target in zip(inputs, wanted, strict=True):
        kept, new = torch.sigmoid(forget @ x), value @ x
        d_forget = kept[:, None] * d_forget + ((state - new) * kept * (1 - kept))[:, None] * x
        d_value = kept[:, None] * d_value + (1 - kept)[:, None] * x
        state = kept * state + (1 - kept) * new
        theirs += torch.cat([target[:, None] * d_forget, target[:, None] * d_value])
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)
