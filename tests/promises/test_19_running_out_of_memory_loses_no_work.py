"""Promise 19: one line, non-zero exit, model usable."""

import sys

import pytest
import torch
from tests_folders import content
from tests_runs import digest, train
from tests_toy import CONFIG

from nmt.decoding.model import load_translator
from nmt.training import translation_task

LAST = 10  # the update that finds no memory
CHANGES = ["training.max_updates=16", "training.validate_every=5", "training.save_every=1", "model.hidden_size=32"]


@pytest.fixture(scope="module")
def undisturbed(toy_data, toy_config, tmp_path_factory):
    """What a training with enough memory ends in."""
    run = tmp_path_factory.mktemp("undisturbed") / "run"
    train(toy_data, toy_config(*CHANGES), run)
    return digest(run)


def python():
    raise MemoryError


def torch_on_a_processor():
    torch.empty(1 << 50)


def torch_on_a_gpu():
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has 1 MiB free")


def onnxruntime():
    raise RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : bad_alloc: Failed to allocate memory")


def the_system():
    raise OSError(12, "Cannot allocate memory")


@pytest.mark.parametrize("fails", [python, torch_on_a_processor, torch_on_a_gpu, onnxruntime, the_system])
def test_a_training_without_memory_is_one_line_and_goes_on_to_the_same_weights(
    toy_data, toy_config, undisturbed, tmp_path, nmt_here, monkeypatch, fails
):
    (tmp_path / "toy.toml").write_text(CONFIG)
    options = ["--config", tmp_path / "toy.toml", *(word for change in CHANGES for word in ("--set", change))]
    options += ["--data", toy_data, "--tokenizer", toy_data / "tokenizer.model", "--out", tmp_path / "run"]
    calls, original = [], translation_task.translation_loss

    def spoilt(*arguments, **options):
        calls.extend([1] * torch.is_grad_enabled())  # validations call it, too
        return fails() if len(calls) == LAST else original(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(translation_task, "translation_loss", spoilt)
        ended = nmt_here("train", *options)
    assert ended.code == 2
    assert ended.err.splitlines()[-1].startswith(b"nmt: error: out of memory; what was saved is unharmed")
    assert b"Traceback" not in ended.err
    load_translator([tmp_path / "run"])
    assert not [name for name in content(tmp_path / "run") if name.endswith((".tmp", ".lock"))]
    train(toy_data, toy_config(*CHANGES), tmp_path / "run")
    assert digest(tmp_path / "run") == undisturbed


limited = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit address space")


@pytest.fixture(scope="module")
def idle(nmt, toy_model):
    """A translation of one short line."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OMP_NUM_THREADS", "1")  # the C library itself ends a process that has no room for a new thread
        yield nmt("translate", "--model", toy_model, text=b"Hund.\n")


@limited
@pytest.mark.parametrize("command", ["translate", "tokenize"])
@pytest.mark.parametrize("spare", [0, 4, 16])
def test_a_line_that_needs_more_than_there_is_is_one_line(nmt, toy_model, toy_data, idle, command, spare):
    before = content(toy_model)
    options = ["--model", toy_model] if command == "translate" else ["--tokenizer", toy_data / "tokenizer.model"]
    line = "a" * ((1 << 22) - 8) + "\U0001f600"  # Python takes 16 MB for each copy of it, sentencepiece more
    limits = {"AS": idle.addresses + (spare << 20)}
    ended = nmt(command, *options, text=line.encode() + b"\n", limits=limits)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.count(b"\n") == 1
    assert ended.err.startswith(b"nmt: error: out of memory")
    assert content(toy_model) == before
    again = nmt("translate", "--model", toy_model, text=b"Hund.\n", limits={"AS": idle.addresses + (32 << 20)})
    assert again.out == idle.out


@limited
@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
def test_where_memory_ends_in_the_middle_of_a_library_nothing_is_written(nmt, toy_model, idle, share):
    # The library may then end the process: glibc's loader by 127, C++ and Rust by a signal or a message of their own.
    before = content(toy_model)
    ended = nmt("translate", "--model", toy_model, text=b"Hund.\n", limits={"AS": int(share * idle.addresses)})
    assert ended.out == (b"" if ended.code else idle.out)
    assert content(toy_model) == before
