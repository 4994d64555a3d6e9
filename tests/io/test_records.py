import datasets
import pytest

from nmt.errors import DataError
from nmt.io import records


@pytest.fixture(autouse=True)
def online(monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)


def test_without_a_network_the_cache_alone_is_asked_and_that_at_once(monkeypatch):
    asked = []

    def nothing_answers(*address, timeout):
        asked.append(address)
        raise OSError("no network")

    def load(*_, **__):
        raise ConnectionError(f"offline is {datasets.config.HF_HUB_OFFLINE}")

    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setattr("socket.create_connection", nothing_answers)
    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(DataError, match=r"hf:some/name: cannot be read \(offline is True\); check .* network"):
        records.open_dataset("hf:some/name")
    assert len(asked) == 1


def test_with_a_proxy_the_library_decides(monkeypatch):
    monkeypatch.setattr(
        "urllib.request.getproxies", lambda: {"https": "http://proxy:3128", "http": "http://proxy:3128"}
    )
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: datasets.config.HF_HUB_OFFLINE)
    assert records.open_dataset("hf:some/name") is False
