"""Promise 2: two runs equal; a resume at update 0, 1, mid-epoch, last batch and epoch end equal."""

import json

import pytest
from tests_runs import digest, train

from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.io.lines import read_file

EPOCH = 14  # updates of the toy data


@pytest.fixture(scope="module")
def short(toy_config):
    """A configuration of two epochs with a validation in each, and one at its end, with changes."""
    changes = ["training.epochs=2", "training.validate_every=7", "training.report_every=3", "model.hidden_size=32"]
    return lambda *more: toy_config(*changes, *more)


@pytest.fixture(scope="module")
def undisturbed(toy_data, short, tmp_path_factory):
    """The number of reports of an undisturbed training, and what it ends in."""
    run = tmp_path_factory.mktemp("undisturbed") / "run"
    return train(toy_data, short(), run), digest(run)


def test_two_runs_end_in_the_same_weights(toy_data, short, undisturbed, tmp_path):
    train(toy_data, short(), tmp_path / "run")
    assert digest(tmp_path / "run") == undisturbed[1]


def test_two_runs_on_two_threads_end_in_the_same_weights(toy_data, short, tmp_path):
    for run in ("a", "b"):
        train(toy_data, short("training.threads=2", "training.max_updates=3"), tmp_path / run)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_seed_gives_other_weights(toy_data, short, undisturbed, tmp_path):
    train(toy_data, short("training.seed=2"), tmp_path / "run")
    assert digest(tmp_path / "run")[0] != undisturbed[1][0]


def test_a_training_stopped_before_its_first_update_ends_in_the_same_weights(
    toy_data, short, undisturbed, tmp_path, monkeypatch
):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(TokenizedCorpus, "batch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(toy_data, short(), tmp_path / "run")
    assert train(toy_data, short(), tmp_path / "run") == undisturbed[0]
    assert digest(tmp_path / "run") == undisturbed[1]


MOMENTS = {
    "the first update": lambda progress: progress.update == 1,
    "the middle of an epoch": lambda progress: progress.update == EPOCH // 2 + 2,
    "the update before a validation": lambda progress: progress.update == 7,
    "a validation": lambda progress: progress.update == 7 and progress.validation,
    "all but the last batch of an epoch": lambda progress: progress.update == EPOCH - 1,
    "the last batch of an epoch": lambda progress: progress.update == EPOCH,
    "the end of an epoch and its validation": lambda progress: progress.update == EPOCH and progress.validation,
    "the last update": lambda progress: progress.update == 2 * EPOCH,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_training_stopped_after_this_ends_in_the_same_weights(toy_data, short, undisturbed, tmp_path, moment):
    before = train(toy_data, short(), tmp_path / "run", stop_after=MOMENTS[moment])
    after = train(toy_data, short(), tmp_path / "run")
    assert before + after == undisturbed[0]  # nothing done twice, nothing left out
    assert digest(tmp_path / "run") == undisturbed[1]


def test_a_training_stopped_at_every_update_and_validation_ends_in_the_same_weights(
    toy_data, short, undisturbed, tmp_path
):
    reports, expected = undisturbed
    for _ in range(reports):
        train(toy_data, short(), tmp_path / "run", stop_at=1)
    assert digest(tmp_path / "run") == expected
    updates = [json.loads(line)["update"] for line in read_file(tmp_path / "run" / "train.jsonl")]
    assert updates == sorted(updates)


@pytest.mark.parametrize(
    "changes",
    [
        ("training.subword_sampling=0.3",),
        ("training.teacher_forcing=0.7",),
        ("training.accumulate=2",),
        ("training.r_drop=3.0",),
        ("training.placeholders=true",),
    ],
)
def test_a_resume_is_exact_whatever_is_random_in_the_training(toy_data, short, tmp_path, changes):
    train(toy_data, short(*changes), tmp_path / "whole")
    train(toy_data, short(*changes), tmp_path / "stopped", stop_at=4)
    train(toy_data, short(*changes), tmp_path / "stopped")
    assert digest(tmp_path / "stopped") == digest(tmp_path / "whole")
