import pytest
import torch

from nmt.inspection.gradient_reach import gradient_reach
from nmt.models.cells import Recurrent


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.25])
def test_a_layer_that_multiplies_its_state_shrinks_or_grows_the_gradient_by_that_a_step(factor):
    layer = Recurrent("rnn", 3, 4).double()
    with torch.no_grad():
        layer.layer.weight_hh_l0.copy_(factor * torch.eye(4))
    norms = gradient_reach(layer, torch.zeros(2, 6, 3, dtype=torch.double))  # where tanh has the slope 1
    assert norms.shape == (6,)
    assert norms[1:] / norms[:-1] == pytest.approx([factor] * 5)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "ssru"])
def test_what_it_gives_is_how_much_the_last_state_changes(cell):
    torch.manual_seed(1)
    layer, inputs = Recurrent(cell, 2, 1).double(), torch.randn(1, 4, 2, dtype=torch.double)
    norms = gradient_reach(layer, inputs)
    for distance, norm in enumerate(norms):  # one unit, whose direction has length 1
        changes = []
        for place in range(2):
            moved = inputs.clone()
            moved[0, -1 - distance, place] += 1e-6
            with torch.no_grad():
                changes.append(float(layer(moved)[0][0, -1] - layer(inputs)[0][0, -1]) / 1e-6)
        assert norm == pytest.approx(sum(change**2 for change in changes) ** 0.5, rel=1e-4, abs=1e-9)
