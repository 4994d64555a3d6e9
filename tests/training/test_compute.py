import os

import pytest
import torch

from nmt.training.compute import seed_torch, set_onednn_cache


def test_the_caches_of_products_are_sized_unless_the_user_has_done_so(monkeypatch):
    names = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    set_onednn_cache()
    assert [os.environ[name] for name in names] == ["4096", "64"]
    monkeypatch.setenv("LRU_CACHE_CAPACITY", "7")
    set_onednn_cache()
    assert os.environ["LRU_CACHE_CAPACITY"] == "7"


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
