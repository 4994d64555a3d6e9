import signal
from pathlib import Path

import pytest
from tests_tagged import SETTINGS, columns, tagged_sentences
from tests_toy import CONFIG, numbered_pairs, toy_pairs


@pytest.fixture(autouse=True)
def own_signals():
    """Tests see signals as a terminal gives them, and pytest has its handlers back after a test that ran main() here.

    What a script starts in its background ignores SIGINT, and so would all that tests start and interrupt.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)}
    if handlers[signal.SIGINT] == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def toy_data(tmp_path_factory) -> Path:
    """A prepared folder of the toy language, with its tokenizer beside it as tokenizer.model."""
    from nmt.io.lines import write_file
    from nmt.text.config import TokenizerConfig
    from nmt.text.tokenizer import PLACEHOLDERS, train_subword_model

    folder = tmp_path_factory.mktemp("toy")
    for split, count, seed in (("train", 300, 1), ("valid", 20, 2), ("test", 20, 3)):
        pairs = toy_pairs(count, seed)
        write_file(folder / f"{split}.de", [source for source, _ in pairs])
        write_file(folder / f"{split}.en", [target for _, target in pairs])
    text = [side for pair in toy_pairs(300, 1) for side in pair]
    symbols = ["<2de>", "<2en>", *PLACEHOLDERS]
    model = train_subword_model(text, TokenizerConfig(vocab_size=76), symbols=symbols)
    (folder / "tokenizer.model").write_bytes(model)
    return folder


@pytest.fixture(scope="session")
def toy_config(tmp_path_factory):
    """Make a configuration for the toy language, with changes."""
    from nmt.config import load_config

    path = tmp_path_factory.mktemp("toy-config") / "toy.toml"
    path.write_text(CONFIG)
    return lambda *changes: load_config(path, changes)


@pytest.fixture(scope="session")
def toy_trained(toy_data, toy_config, tmp_path_factory):
    """Train a model until it has learnt the toy language, with changes; gives its folder."""
    from nmt.stages.train import train as train_stage

    def train(*changes: str) -> Path:
        run = tmp_path_factory.mktemp("toy-trained") / "run"
        config = toy_config(*changes, "training.epochs=30", "training.learning_rate=0.005")
        train_stage(config=config, data=toy_data, tokenizer=toy_data / "tokenizer.model", out=run)
        return run

    return train


@pytest.fixture(scope="session")
def toy_model(toy_trained) -> Path:
    """The folder of a model that has learnt the toy language."""
    return toy_trained()


@pytest.fixture(scope="session")
def toy_both(toy_trained) -> Path:
    """The folder of a model that has learnt the toy language in both directions."""
    return toy_trained("directions=both")


@pytest.fixture(scope="session")
def toy_hiding(toy_config, tmp_path_factory) -> Path:
    """The folder of a model with placeholders, for numbers among the words of the toy language; it knows no digit."""
    from nmt.io.lines import write_file
    from nmt.stages.train import train as train_stage
    from nmt.text.config import TokenizerConfig
    from nmt.text.tokenizer import train_subword_model

    folder = tmp_path_factory.mktemp("toy-hiding")
    for split, count, seed in (("train", 500, 1), ("valid", 20, 2)):
        for language, lines in zip(("de", "en"), zip(*numbered_pairs(count, seed), strict=True), strict=True):
            write_file(folder / f"{split}.{language}", lines)
    text = [side for pair in toy_pairs(300, 1) for side in pair]
    (folder / "tokenizer.model").write_bytes(train_subword_model(text, TokenizerConfig(vocab_size=74)))
    config = toy_config("training.placeholders=true", "training.epochs=30", "training.learning_rate=0.005")
    train_stage(config=config, data=folder, tokenizer=folder / "tokenizer.model", out=folder / "run")
    return folder / "run"


@pytest.fixture(scope="session")
def toy_tagger(toy_model, toy_config, tmp_path_factory) -> Path:
    """The folder of the toy model with a tagger."""
    from nmt.stages.train_tagger import train_tagger

    folder = tmp_path_factory.mktemp("toy-tagger")
    for name, size, seed in (("train", 200, 1), ("valid", 40, 2)):
        (folder / f"{name}.bio").write_text(columns(tagged_sentences(size, seed)))
    train_tagger(
        config=toy_config(*SETTINGS, "tagging.encoder=finetune"),
        model=toy_model,
        train=[str(folder / "train.bio")],
        valid=[str(folder / "valid.bio")],
        out=folder / "run",
    )
    return folder / "run"
