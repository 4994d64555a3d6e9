"""Gradients of recurrent layers by algorithms that never go back in time, beside our own backward passes.

    python benchmarks/gradient_oracles.py

Real-time recurrent learning (Williams and Zipser, 1989) carries dh/dw forward: dh_t = J_t dh_(t-1) + the direct part,
of all weights at once. Where a state is recurrent by itself alone, as in the SSRU, that is one number a weight, and
the algorithm is causal recursive backpropagation (Campolucci, Uncini and Piazza, 1996). Both are written here from the
equations of the cells, with Jacobians of a single step, and share nothing with the code that they check.

Shapes: T steps, I inputs, H units. Prints by length the largest difference, the time of each algorithm, and how many
numbers it keeps from step to step.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import torch
from torch import Tensor
from torch.func import jacrev

from nmt.models.gru import gru
from nmt.models.ssru import scan

INPUTS, UNITS = 8, 8
LENGTHS = (8, 32, 128)
TURNS = 5

Gradients = Sequence[Tensor]


def gru_step(state: Tensor, x: Tensor, w_x: Tensor, w_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    """torch's equations of a GRU, with gates in the order reset, update, new."""
    r_x, z_x, n_x = (w_x @ x + b_x).chunk(3)
    r_h, z_h, n_h = (w_h @ state + b_h).chunk(3)
    z = torch.sigmoid(z_x + z_h)
    return (1 - z) * torch.tanh(n_x + torch.sigmoid(r_x + r_h) * n_h) + z * state


def rnn_step(state: Tensor, x: Tensor, w_x: Tensor, w_h: Tensor, b_x: Tensor, b_h: Tensor) -> Tensor:
    """Elman's network."""
    return torch.tanh(w_x @ x + b_x + w_h @ state + b_h)


def by_recurrent_learning(
    step: Callable[..., Tensor], weights: Sequence[Tensor], inputs: Tensor, state: Tensor, wanted: Tensor
) -> Gradients:
    """The gradient of sum(wanted * states) by each weight, by real-time recurrent learning."""
    carried = [torch.zeros(len(state), *w.shape, dtype=w.dtype) for w in weights]
    gradients = [torch.zeros_like(w) for w in weights]
    jacobians = jacrev(step, argnums=tuple(range(2 + len(weights))))
    for x, target in zip(inputs, wanted, strict=True):
        jacobian, _, *direct = jacobians(state, x, *weights)
        carried = [
            torch.einsum("ij,j...->i...", jacobian, before) + now for before, now in zip(carried, direct, strict=True)
        ]
        gradients = [g + torch.einsum("i,i...->...", target, c) for g, c in zip(gradients, carried, strict=True)]
        state = step(state, x, *weights)
    return gradients


def by_causal_recursion(weight: Tensor, inputs: Tensor, state: Tensor, wanted: Tensor) -> Gradients:
    """The same of an SSRU, by causal recursive backpropagation; weight [2 H, I] is that of its gate and its value."""
    forget, value = weight.chunk(2)
    d_forget, d_value = torch.zeros_like(forget), torch.zeros_like(value)  # of each state by its weights
    gradient = torch.zeros_like(weight)
    for x, target in zip(inputs, wanted, strict=True):
        kept, new = torch.sigmoid(forget @ x), value @ x
        d_forget = kept[:, None] * d_forget + ((state - new) * kept * (1 - kept))[:, None] * x
        d_value = kept[:, None] * d_value + (1 - kept)[:, None] * x
        state = kept * state + (1 - kept) * new
        gradient += torch.cat([target[:, None] * d_forget, target[:, None] * d_value])
    return [gradient]


def ours(cell: str, weights: Sequence[Tensor], inputs: Tensor, state: Tensor, wanted: Tensor) -> Gradients:
    """The same by our backward passes, and torch's of Elman's network: backpropagation through time."""
    weights = [w.clone().requires_grad_() for w in weights]
    match cell:
        case "gru":
            states = gru(inputs[None], state[None], *weights)[0]
        case "ssru":
            states = scan((inputs @ weights[0].T)[None], state[None])[0]
        case _:
            layer = torch.nn.RNN(inputs.shape[1], len(state), batch_first=True, dtype=inputs.dtype)
            parameters = dict(zip(dict(layer.named_parameters()), weights, strict=True))
            states = torch.func.functional_call(layer, parameters, (inputs[None], state[None, None]))[0][0]
    return torch.autograd.grad((states * wanted).sum(), weights)


def theirs(cell: str, weights: Sequence[Tensor], inputs: Tensor, state: Tensor, wanted: Tensor) -> Gradients:
    """The same by the algorithm that never goes back."""
    if cell == "ssru":
        return by_causal_recursion(weights[0], inputs, state, wanted)
    return by_recurrent_learning(gru_step if cell == "gru" else rnn_step, weights, inputs, state, wanted)


def problem(cell: str, length: int, inputs: int = INPUTS, units: int = UNITS) -> tuple[Sequence[Tensor], ...]:
    """Weights, inputs [T, I], a first state [H] and what the states [T, H] are multiplied by, all drawn at random."""
    torch.manual_seed(length)
    gates = {"gru": 3, "rnn": 1, "ssru": 2}[cell] * units
    shapes = [(gates, inputs)] if cell == "ssru" else [(gates, inputs), (gates, units), (gates,), (gates,)]
    draw = partial(torch.randn, dtype=torch.double)
    return [draw(*shape) for shape in shapes], draw(length, inputs), draw(units), draw(length, units)


def difference(cell: str, length: int, **sizes: int) -> float:
    """The largest one between both gradients of a problem."""
    of = problem(cell, length, **sizes)
    return max(float((a - b).abs().max()) for a, b in zip(ours(cell, *of), theirs(cell, *of), strict=True))


def milliseconds(function: Callable[[], object]) -> float:
    """The middle of some turns."""
    taken = []
    for _ in range(TURNS):
        started = time.perf_counter()
        function()
        taken.append(time.perf_counter() - started)
    return median(taken) * 1000


def main() -> None:
    """Print a Markdown table."""
    torch.set_num_threads(1)
    print("| cell | T | largest difference | backpropagation: ms, numbers kept | the other: ms, numbers kept |")
    print("| --- | --- | --- | --- | --- |")
    for cell in ("rnn", "gru", "ssru"):
        for length in LENGTHS:
            of = problem(cell, length)
            weights = sum(w.numel() for w in of[0])
            kept = weights if cell == "ssru" else UNITS * weights
            back, forward = (milliseconds(partial(way, cell, *of)) for way in (ours, theirs))
            print(
                f"| {cell} | {length} | {difference(cell, length):.1e} | {back:.1f}, {length * UNITS:,} | "
                f"{forward:.1f}, {kept:,} |"
            )


if __name__ == "__main__":
    main()
