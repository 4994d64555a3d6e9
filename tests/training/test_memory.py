import os

from nmt.training.memory import cache_products


def test_the_caches_of_products_are_sized_unless_the_user_has_done_so(monkeypatch):
    names = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    cache_products()
    assert [os.environ[name] for name in names] == ["4096", "64"]
    monkeypatch.setenv("LRU_CACHE_CAPACITY", "7")
    cache_products()
    assert os.environ["LRU_CACHE_CAPACITY"] == "7"
