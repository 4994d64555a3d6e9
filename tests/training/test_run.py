"""What every training keeps in its folder and tells while it runs, shown by a task of two epochs of three updates."""

import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nmt.io.lines import read_file
from nmt.training import run
from nmt.training.checkpoint import load_checkpoint
from nmt.training.config import TaggingConfig
from nmt.training.gradients import BatchLoss, LazyBatch
from nmt.training.loop import Task, Validation
from nmt.training.run import RunFolder, run_training
from nmt.training.state import TrainingState

NAMES = ("one_loss", "one_loss", "other_loss")  # of an epoch's updates


class Bias(torch.nn.Module):
    """Learns a number."""

    def __init__(self):
        super().__init__()
        self.bias = torch.nn.Parameter(torch.zeros(1))


def distance(network):
    return (network.bias - torch.rand(1)).square().sum() * 2


def batch(name, rows, seed):
    return BatchLoss(name=name, count=2, tokens=10, compute=distance)


def lazy(make):
    return LazyBatch(rows=np.arange(1), make=make)


def task(**changes):
    settings = {"report_every": 1, "save_every": 2, "ema_decay": 0.0, "precision": "float32"}
    settings |= {name: changes.pop(name) for name in settings.keys() & changes.keys()}
    given = {
        "config": TaggingConfig(**settings),
        "total": 6,
        "updates": lambda epoch: [[lazy(partial(batch, name))] for name in NAMES],
        "learning_rate": lambda update: 0.1,
        "validate": lambda network: Validation(score=1.0, figures={"f1": 1.0}),
        "save": lambda state, validation: None,
    }
    return Task(**given | changes)


def new_state():
    return TrainingState.start(Bias(), "adamw", weight_decay=0.0, averaged=False)


def resumed(path):
    state = new_state()
    tensors, numbers = load_checkpoint(path)
    state.load_state_dict(tensors, numbers["state"])
    return state


def train(path, state=None, report=lambda progress: None, prefix="", **changes):
    state = state or new_state()
    folder = RunFolder(path=path, identity={}, prefix=prefix)
    run_training(task(**changes), state, folder, report, stop=lambda: False)
    return state


def logged(path):
    return [json.loads(line) for line in read_file(path)]


def test_a_training_killed_between_validations_goes_on_from_the_last_periodic_checkpoint(tmp_path):
    def killed(progress):
        if progress.update == 5:
            raise KeyboardInterrupt

    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole = train(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "cut", report=killed)
    state = resumed(tmp_path / "cut")
    assert (state.update, state.epoch, state.position, state.validated) == (4, 1, 1, 3)
    assert torch.equal(train(tmp_path / "cut", state).model.bias, whole.model.bias)
    lines = [
        [(line["update"], line.get("one_loss")) for line in logged(tmp_path / f / "train.jsonl")]
        for f in ("whole", "cut")
    ]
    assert lines[0] == lines[1]
    assert [update for update, _ in lines[0]] == [1, 2, 3, 3, 4, 5, 6, 6]


def test_the_time_of_validations_is_left_out(tmp_path, monkeypatch):
    seconds, seen = [0.0], []
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: seconds[0]))

    def take(time, result):
        seconds[0] += time
        return result

    train(
        tmp_path,
        report=seen.append,
        report_every=2,
        updates=lambda epoch: [[lazy(lambda rows, seed: take(2.0, batch("loss", rows, seed)))]] * 3,
        validate=lambda network: take(1000.0, Validation(score=1.0, figures={})),
    )
    assert [(at.update, at.epoch, at.seconds_left) for at in seen] == [
        (1, 1, 10.0), (2, 1, 8.0), (3, 1, 6.0), (3, 1, 6.0), (4, 2, 4.0), (5, 2, 2.0), (6, 2, 0.0), (6, 2, 0.0),
    ]  # fmt: skip
    assert {at.tokens_per_second for at in seen} == {5.0}


def test_each_loss_is_averaged_by_its_name_over_the_last_updates(tmp_path):
    values = iter([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])

    def make(name, rows, seed):
        value = next(values)
        return BatchLoss(name=name, count=2, tokens=10, compute=lambda network: network.bias.sum() * 0 + 2 * value)

    train(tmp_path, report_every=3, updates=lambda epoch: [[lazy(partial(make, name))] for name in NAMES])
    losses = [
        (line["update"], line["one_loss"], line["other_loss"])
        for line in logged(tmp_path / "train.jsonl")
        if "one_loss" in line
    ]
    assert losses == [(3, 2.0, 5.0), (6, 8.0, 11.0)]


def test_a_loss_is_a_mean_over_all_that_the_batches_of_an_update_count(tmp_path):
    def make(total, count, rows, seed):
        return BatchLoss(name="loss", count=count, tokens=1, compute=lambda network: network.bias.sum() + total)

    train(
        tmp_path,
        updates=lambda epoch: [[lazy(partial(make, 5.0, 1)), lazy(partial(make, 1.0, 3))]] * 3,
        learning_rate=lambda _: 0.0,
    )
    first = logged(tmp_path / "train.jsonl")[0]
    assert first["loss"] == 6.0 / 4
    assert first["grad_norm"] == pytest.approx(2 / 4)


@pytest.mark.parametrize(("keep", "expected"), [("best", [True, False]), ("last", [True, True])])
def test_the_best_network_is_saved_or_each(tmp_path, keep, expected):
    saved, seen = [], []
    train(tmp_path, keep=keep, save=lambda state, _: saved.append(state.update), report=seen.append)
    assert [at.saved for at in seen if at.validation] == expected
    assert saved == [update for update, kept in zip((3, 6), expected, strict=True) if kept]


def test_a_prefix_keeps_trainings_in_one_folder_apart(tmp_path):
    train(tmp_path)
    before = (tmp_path / "train.jsonl").read_bytes()
    train(tmp_path, prefix="tagger-")
    assert (tmp_path / "train.jsonl").read_bytes() == before
    assert {path.name for path in tmp_path.iterdir() if "tensorboard" not in path.name} == {
        "checkpoint", "train.jsonl", "tagger-checkpoint", "tagger-train.jsonl",
    }  # fmt: skip
