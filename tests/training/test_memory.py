import os

from nmt.training.memory import forget_rare_shapes


def test_the_cache_of_shapes_is_small_unless_the_user_has_set_it(monkeypatch):
    monkeypatch.delenv("LRU_CACHE_CAPACITY", raising=False)
    forget_rare_shapes()
    assert os.environ["LRU_CACHE_CAPACITY"] == "64"
    monkeypatch.setenv("LRU_CACHE_CAPACITY", "7")
    forget_rare_shapes()
    assert os.environ["LRU_CACHE_CAPACITY"] == "7"
