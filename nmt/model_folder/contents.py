"""What lies in a model folder: the name of each part, and how it is read."""

from typing import Any

from nmt.errors import ModelError
from nmt.model_folder.store import ModelFolder
from nmt.text.tokenizer import Tokenizer

WORDS = "words.txt"


def read_description(folder: ModelFolder) -> dict[str, Any]:
    """What config.json says about a model."""
    return folder.read_object("config.json", "train the model again")


def load_tokenizers(folder: ModelFolder) -> tuple[Tokenizer, Tokenizer]:
    """The source and the target tokenizer of a model: the same one if they share a vocabulary."""

    def load(name: str) -> Tokenizer:
        return Tokenizer.from_bytes(folder.read(name), str(folder.path / name))

    if folder.has("tokenizer.model"):
        shared = load("tokenizer.model")
        return shared, shared
    return load("source.model"), load("target.model")


def read_tagger_description(folder: ModelFolder) -> dict[str, Any]:
    """What tagger.json says."""
    return folder.read_object("tagger.json", "train the tagger again")


def load_words(folder: ModelFolder) -> frozenset[str] | None:
    """The words that a model knows, if it was trained with placeholders for what is unknown."""
    if not folder.has(WORDS):
        return None
    try:
        return frozenset(folder.read(WORDS).decode().split())
    except UnicodeDecodeError as error:
        raise ModelError(f"{folder.path}: {WORDS} is not UTF-8 ({error}); train the model again") from error
