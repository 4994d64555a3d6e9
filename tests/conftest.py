import io
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests_processes import Ended
from tests_tagged import SETTINGS, columns, tagged_sentences
from tests_toy import CONFIG, numbered_pairs, toy_pairs

import nmt  # noqa: F401 - before tests import torch, so that its threads wait as they do in nmt

HANGS = 300  # seconds


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
def made_once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder of this name, which a function makes: by the first of pytest's processes that asks, for all of them."""
    from nmt.io.files import locked

    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own  # each process has a folder below the session's

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        path, made = shared / name, shared / f"{name}.made"
        with locked(path):
            if not made.exists():
                make(path)
                made.touch()
        return path

    return folder


@pytest.fixture(scope="session")
def toy_data(made_once) -> Path:
    """A prepared folder of the toy language, with its tokenizer beside it as tokenizer.model."""
    return made_once("toy", make_toy_data)


def make_toy_data(folder: Path) -> None:
    from nmt.io.lines import write_file
    from nmt.text.config import TokenizerConfig
    from nmt.text.tokenizer import PLACEHOLDERS, train_subword_model

    for split, count, seed in (("train", 300, 1), ("valid", 20, 2), ("test", 20, 3)):
        pairs = toy_pairs(count, seed)
        write_file(folder / f"{split}.de", [source for source, _ in pairs])
        write_file(folder / f"{split}.en", [target for _, target in pairs])
    text = [side for pair in toy_pairs(300, 1) for side in pair]
    symbols = ["<2de>", "<2en>", *PLACEHOLDERS]
    model = train_subword_model(text, TokenizerConfig(vocab_size=76), symbols=symbols)
    (folder / "tokenizer.model").write_bytes(model)


@pytest.fixture(scope="session")
def toy_config(tmp_path_factory):
    """Make a configuration for the toy language, with changes."""
    from nmt.config import load_config

    path = tmp_path_factory.mktemp("toy-config") / "toy.toml"
    path.write_text(CONFIG)
    return lambda *changes: load_config(path, changes)


@pytest.fixture(scope="session")
def toy_trained(made_once, toy_data, toy_config) -> Callable[..., Path]:
    """Train a model until it has learnt the toy language, with changes; gives its folder."""
    from nmt.stages.train import train as train_stage

    def trained(*changes: str) -> Path:
        config = toy_config(*changes, "training.epochs=16", "training.learning_rate=0.005")

        def train(folder: Path) -> None:
            train_stage(config=config, data=toy_data, tokenizer=toy_data / "tokenizer.model", out=folder / "run")

        return made_once(" ".join(["toy-trained", *changes]), train) / "run"

    return trained


@pytest.fixture(scope="session")
def toy_model(toy_trained) -> Path:
    """The folder of a model that has learnt the toy language."""
    return toy_trained()


@pytest.fixture(scope="session")
def toy_both(toy_trained) -> Path:
    """The folder of a model that has learnt the toy language in both directions."""
    return toy_trained("directions=both")


@pytest.fixture(scope="session")
def toy_hiding(made_once, toy_config) -> Path:
    """The folder of a model with placeholders, for numbers among the words of the toy language; it knows no digit."""
    from nmt.io.lines import write_file
    from nmt.stages.train import train as train_stage
    from nmt.text.config import TokenizerConfig
    from nmt.text.tokenizer import train_subword_model

    def train(folder: Path) -> None:
        for split, count, seed in (("train", 500, 1), ("valid", 20, 2)):
            for language, lines in zip(("de", "en"), zip(*numbered_pairs(count, seed), strict=True), strict=True):
                write_file(folder / f"{split}.{language}", lines)
        text = [side for pair in toy_pairs(300, 1) for side in pair]
        (folder / "tokenizer.model").write_bytes(train_subword_model(text, TokenizerConfig(vocab_size=74)))
        config = toy_config("training.placeholders=true", "training.epochs=30", "training.learning_rate=0.005")
        train_stage(config=config, data=folder, tokenizer=folder / "tokenizer.model", out=folder / "run")

    return made_once("toy-hiding", train) / "run"


@pytest.fixture(scope="session")
def toy_tagger(made_once, toy_model, toy_config) -> Path:
    """The folder of the toy model with a tagger."""
    from nmt.stages.train_tagger import train_tagger

    def train(folder: Path) -> None:
        for name, size, seed in (("train", 200, 1), ("valid", 40, 2)):
            (folder / f"{name}.bio").write_text(columns(tagged_sentences(size, seed)))
        train_tagger(
            config=toy_config(*SETTINGS, "tagging.encoder=finetune"),
            model=toy_model,
            train=[str(folder / "train.bio")],
            valid=[str(folder / "valid.bio")],
            out=folder / "run",
        )

    return made_once("toy-tagger", train) / "run"


@pytest.fixture
def nmt_here(monkeypatch):
    """Run `nmt` in this process, through its own main(): as the user sees it, without the start-up."""
    from nmt.cli import main

    def hangs(*_):
        pytest.fail(f"no end after {HANGS} seconds")  # no Exception, which main() would explain

    def start(*arguments) -> Ended:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        started = time.process_time()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["nmt", *map(str, arguments)])
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            signal.signal(signal.SIGALRM, hangs)
            signal.alarm(HANGS)
            patched.setattr(main.signal, "signal", lambda *_: None)  # pytest keeps its own handlers
            with pytest.raises(SystemExit) as ended:
                main.main()
            signal.alarm(0)
        seconds = time.process_time() - started
        written = [stream.buffer.getvalue() for stream in (out, err)]
        return Ended(code=ended.value.code, out=written[0], err=written[1], seconds=seconds)

    return start
