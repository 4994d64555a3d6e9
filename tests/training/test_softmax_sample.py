import itertools

import pytest
import torch

from nmt.training.loss import smoothed_cross_entropy
from nmt.training.softmax_sample import IGNORED, Sample

V = 700


def tensors(rows):
    torch.manual_seed(1)
    return [torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in [(rows, 6), (V, 6), (V,)]]


def draw(targets, others=100):
    found = Sample.draw(targets, V, others)
    assert found is not None
    return found


def test_targets_stand_for_themselves_and_the_drawn_for_all_others():
    targets = torch.tensor([5, 9, IGNORED, 5, 650])
    sample = draw(targets)
    assert len(sample.ids) == len(set(sample.ids.tolist())) == 256  # a multiple, so that products have few sizes
    assert sample.ids[sample.places[[5, 9, 650]]].tolist() == [5, 9, 650]
    assert sample.shares[sample.places[[5, 9, 650]]].tolist() == [1, 1, 1]
    assert sample.shares.sum().item() == pytest.approx(V)


def test_value_and_gradients_are_those_of_the_formula():
    inputs, targets = tensors(4), torch.tensor([5, 9, 650, 5])
    sample = draw(targets)
    hidden, weight, bias = inputs
    logits = hidden @ weight.T + bias
    own = logits[:, sample.ids]
    normalisers = (own.exp() * sample.shares).sum(dim=1).log()
    chosen = logits[torch.arange(4), targets]
    even = 0.1 / V * ((own * sample.shares).sum(dim=1) - V * normalisers)
    expected = -(0.9 * (chosen - normalisers) + even).sum()
    found = smoothed_cross_entropy(*inputs, targets, 0.1, sample=sample)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(torch.autograd.grad(found, inputs), torch.autograd.grad(expected, inputs))


def test_ignored_targets_count_for_nothing():
    inputs, targets = tensors(3), torch.tensor([5, IGNORED, 9])
    sample = draw(targets)
    found = smoothed_cross_entropy(*inputs, targets, 0.1, sample=sample)
    hidden, *rest = inputs
    torch.testing.assert_close(
        found, smoothed_cross_entropy(hidden[[0, 2]], *rest, targets[[0, 2]], 0.1, sample=sample)
    )


def test_the_estimated_sum_is_right_on_average():
    values = torch.tensor([1.0, 2.0, 4.0, 8.0])  # of a vocabulary of four, of which the first is the batch's own
    sums = [
        (values[[0, *drawn]] * torch.tensor([1.0, 1.5, 1.5])).sum() for drawn in itertools.combinations(range(1, 4), 2)
    ]
    assert torch.stack(sums).mean().item() == pytest.approx(15.0)
    many = [draw(torch.tensor([3]), 200) for _ in range(200)]
    exponentials = torch.linspace(0.5, 1.5, V)
    estimates = [(exponentials[sample.ids] * sample.shares).sum().item() for sample in many]
    assert sum(estimates) / len(estimates) == pytest.approx(exponentials.sum().item(), rel=0.01)


@pytest.mark.parametrize(("targets", "others"), [(torch.arange(V), 1), (torch.tensor([1]), V - 1)])
def test_a_sample_that_would_be_everything_is_none(targets, others):
    assert Sample.draw(targets, V, others) is None


def test_the_same_seed_draws_the_same():
    drawn = []
    for _ in range(2):
        torch.manual_seed(7)
        drawn.append(draw(torch.tensor([3])).ids)
    assert torch.equal(*drawn)
