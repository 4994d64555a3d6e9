"""Our backward passes against algorithms that never go back in time; see benchmarks/gradient_oracles.py."""

import pytest
from tests_benchmarks import benchmark

oracles = benchmark("gradient_oracles")


@pytest.mark.parametrize("length", [1, 2, 17])
@pytest.mark.parametrize("cell", ["rnn", "gru", "ssru"])
def test_backpropagation_through_time_gives_what_other_algorithms_do(cell, length):
    assert oracles.difference(cell, length, inputs=3, units=4) < 1e-10


def test_the_algorithms_notice_a_wrong_gradient():
    weights, inputs, state, wanted = oracles.problem("gru", 5)
    mine = oracles.ours("gru", weights, inputs, state + 0.01, wanted)
    other = oracles.theirs("gru", weights, inputs, state, wanted)
    assert max(float((a - b).abs().max()) for a, b in zip(mine, other, strict=True)) > 1e-4
