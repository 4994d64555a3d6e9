import random
from pathlib import Path

import pytest

WORDS = {
    "eins": "one", "zwei": "two", "drei": "three", "vier": "four", "rot": "red", "blau": "blue",
    "grün": "green", "Haus": "house", "Baum": "tree", "Hund": "dog", "Katze": "cat", "und": "and",
}  # fmt: skip


def toy_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Sentences of a toy language and their word-by-word translations."""
    generator = random.Random(seed)
    sentences = (generator.choices(list(WORDS), k=generator.randint(1, 6)) for _ in range(count))
    return [(" ".join(words) + ".", " ".join(WORDS[word] for word in words) + ".") for words in sentences]


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory) -> Path:
    """A prepared folder of the toy language, with its tokenizer beside it as tokenizer.model."""
    from nmt.text.lines import write_file
    from nmt.text.tokenizer import TokenizerConfig, train_tokenizer

    folder = tmp_path_factory.mktemp("toy")
    for split, count, seed in (("train", 300, 1), ("valid", 20, 2), ("test", 20, 3)):
        pairs = toy_pairs(count, seed)
        write_file(folder / f"{split}.de", [source for source, _ in pairs])
        write_file(folder / f"{split}.en", [target for _, target in pairs])
    text = [side for pair in toy_pairs(300, 1) for side in pair]
    (folder / "tokenizer.model").write_bytes(train_tokenizer(text, TokenizerConfig(vocab_size=60)))
    return folder


TOY_CONFIG = [
    "source=de",
    "target=en",
    "model.embedding_size=16",
    "model.hidden_size=32",
    "model.dropout=0.1",
    "training.batch_tokens=200",
    "training.learning_rate=0.01",
    "training.warmup=5",
    "training.epochs=2",
    "training.validate_every=7",
    "training.report_every=3",
    "training.ema_decay=0.9",
    "training.threads=1",
]


@pytest.fixture(scope="session")
def toy_config():
    """Make a configuration for the toy language, with changes."""
    from nmt.config import load_config

    return lambda *changes: load_config(None, [*TOY_CONFIG, *changes])


@pytest.fixture(scope="session")
def toy_model(toy_data, toy_config, tmp_path_factory) -> Path:
    """The folder of a model that has learnt the toy language."""
    from nmt import pipeline

    run = tmp_path_factory.mktemp("toy-model") / "run"
    config = toy_config("training.epochs=20", "training.validate_every=0")
    pipeline.train(config=config, data=toy_data, tokenizer=toy_data / "tokenizer.model", out=run)
    return run
