import pytest
from starlette.testclient import TestClient

from nmt.serving.app import create_app
from nmt.serving.config import ServerConfig
from nmt.serving.translators import Translators, by_direction
from nmt.stages.models import load_with_tagger


def detect(text):
    """The language of a text of the toy language, by one word."""
    return [("de", 0.9), ("en", 0.1)] if "Haus" in text else [("en", 0.75), ("de", 0.25)] if "house" in text else []


@pytest.fixture(scope="session")
def toy_translators(toy_both, toy_tagger) -> Translators:
    both, _ = load_with_tagger(toy_both)
    _, tagger = load_with_tagger(toy_tagger)
    return Translators(pairs=by_direction([both]), taggers={"de": tagger})


@pytest.fixture
def client_of(toy_translators):
    """A client of a server with these settings."""
    opened = []

    def client(**settings) -> TestClient:
        app = create_app(toy_translators, detect, ServerConfig(**settings))
        opened.append(TestClient(app, raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield client
    for each in opened:
        each.__exit__(None, None, None)


@pytest.fixture
def client(client_of) -> TestClient:
    return client_of()
