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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit address space")
@pytest.mark.parametrize("spare", [0, 16, 64])
def test_a_translation_that_needs_more_than_there_is_is_one_line(nmt, toy_model, monkeypatch, spare):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the C library itself ends a process that has no room for a new thread
    before = content(toy_model)
    idle = nmt("translate", "--model", toy_model, text=b"Hund.\n")
    line = "ﷺ".encode() * 1_000_000  # 18 characters each, once normalised: some 300 MB more than idle
    limits = {"AS": idle.addresses + (spare << 20)}
    ended = nmt("translate", "--model", toy_model, text=line + b"\n", limits=limits)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.count(b"\n") == 1
    assert ended.err.startswith(b"nmt: error: out of memory")
    assert content(toy_model) == before
    again = nmt("translate", "--model", toy_model, text=b"Hund.\n", limits={"AS": idle.addresses + (32 << 20)})
    assert again.out == idle.out
