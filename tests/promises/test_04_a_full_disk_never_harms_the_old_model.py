"""Promise 4: a write error injected at every write of a save: old model byte-equal, exit 2, nothing left behind."""

import errno
import os
import shutil

import pytest
import torch
from tests_folders import content

from nmt.errors import ModelError
from nmt.model_folder.store import open_folder, save, update
from nmt.stages.train import train
from nmt.training.checkpoint import load_checkpoint, save_checkpoint

OLD = {"config.json": b"{}", "translator.safetensors": b"old weights"}
NEW = {"config.json": b"{} ", "translator.safetensors": b"new weights", "tagger.safetensors": b"tags"}
ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT]
CALLS = ("open", "write", "fsync", "rename", "close")


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Nobody cuts the power here, and waiting for the disk some thousand times would take most of a minute."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


class Spoilt:
    """Makes the system call counted `first` fail with errno `number`; and all later writes, if the error is lasting."""

    def __init__(self, monkeypatch, number, first, *, lasting):
        self.count = 0
        for name in CALLS:
            monkeypatch.setattr(os, name, self._spoil(name, getattr(os, name), number, first, lasting))

    def _spoil(self, name, call, number, first, lasting):
        def wrapped(*arguments, **options):
            self.count += 1
            # A disk that stays full still renames and closes.
            if self.count == first or (lasting and self.count > first and name in ("write", "fsync")):
                if name == "close":
                    call(*arguments)
                raise OSError(number, os.strerror(number))
            return call(*arguments, **options)

        return wrapped


def try_every_error(monkeypatch, folder, before, change, after, number, *, lasting):
    """Let change fail at its first, second, ... system call, each time on the folder that before() made.

    Each must either leave the folder as it was and say why, or do its work; returns the number of failures.
    """
    failures = 0
    for first in range(1, 200):
        shutil.rmtree(folder, ignore_errors=True)
        before()
        was = content(folder)
        with monkeypatch.context() as patched:
            spoilt = Spoilt(patched, number, first, lasting=lasting)
            try:
                change()
            except ModelError as error:
                said = str(error)
            else:
                said = None
        if said is None:
            assert after()
        else:
            failures += 1
            assert content(folder) == was
            assert os.strerror(number) in said
            assert "\n" not in said
        if spoilt.count < first:
            assert failures > 10
            return failures
    raise AssertionError("a save that never succeeds")


def saved(path):
    model = open_folder(path)
    return {name: model.read(name) for name in model.parts}


CHANGES = {
    "save over": (lambda path: save(path, OLD), lambda path: save(path, NEW), NEW),
    "first save": (lambda path: None, lambda path: save(path, NEW), NEW),
    "update": (lambda path: save(path, OLD), lambda path: update(path, {"b.bin": b"b"}), {**OLD, "b.bin": b"b"}),
}


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("number", ERRORS)
def test_a_model_is_as_it_was_after_a_failed_save(tmp_path, monkeypatch, number, change, lasting):
    path = tmp_path / "m"
    before, act, wanted = CHANGES[change]
    failures = try_every_error(
        monkeypatch,
        path,
        lambda: before(path),
        lambda: act(path),
        lambda: saved(path) == wanted,
        number,
        lasting=lasting,
    )
    print(f"{change}: {failures} failed saves ({os.strerror(number)}), the model before byte-equal after each")


def test_a_checkpoint_is_as_it_was_after_a_failed_save(tmp_path, monkeypatch):
    try_every_error(
        monkeypatch,
        tmp_path / "run",
        lambda: save_checkpoint(tmp_path / "run", {"weight": torch.zeros(3)}, {"update": 1}),
        lambda: save_checkpoint(tmp_path / "run", {"weight": torch.ones(3)}, {"update": 2}),
        lambda: load_checkpoint(tmp_path / "run")[1] == {"update": 2},
        errno.ENOSPC,
        lasting=True,
    )


@pytest.fixture
def stopped(toy_data, toy_config, tmp_path):
    """The options of a training that was stopped after its first validation."""
    options = {"config": toy_config("training.epochs=2"), "data": toy_data, "tokenizer": toy_data / "tokenizer.model"}
    calls = []

    def stop():
        calls.append(1)
        return (tmp_path / "run" / "manifest.json").exists()

    train(**options, out=tmp_path / "run", stop=stop)
    return tmp_path / "run"


def saved_files(run):
    """What a run folder holds, without the logs."""
    return {name: data for name, data in content(run).items() if not name.startswith(("train.jsonl", "tensorboard"))}


@pytest.mark.long
def test_a_training_that_cannot_save_ends_with_2_and_the_old_model(stopped, toy_data, tmp_path, nmt):
    from tests_toy import CONFIG

    (tmp_path / "toy.toml").write_text(CONFIG.replace("epochs = 12", "epochs = 2"))
    before = saved_files(stopped)
    options = ["--config", tmp_path / "toy.toml", "--data", toy_data, "--tokenizer", toy_data / "tokenizer.model"]
    ended = nmt("train", *options, "--out", stopped, limits={"FSIZE": 20_000})  # no file may grow beyond that
    assert ended.code == 2, ended.err.decode()
    assert b"could not be saved: File too large" in ended.err.splitlines()[-1]
    assert b"Traceback" not in ended.err
    assert saved_files(stopped) == before
    assert nmt("train", *options, "--out", stopped).code == 0
    assert nmt("check", stopped).code == 0
