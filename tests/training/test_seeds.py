import pytest
import torch

from nmt.training.seeds import seed_torch


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_a_seed_that_torch_takes_is_torchs_own(seed):
    torch.manual_seed(seed)
    expected = torch.rand(3)
    seed_torch(seed)
    assert torch.equal(torch.rand(3), expected)


def test_larger_seeds_are_taken_too():
    seed_torch(20240101123456 * 1_000_003 + 1)
    first = torch.rand(3)
    seed_torch(20240101123456 * 1_000_003 + 2)
    assert not torch.equal(torch.rand(3), first)
