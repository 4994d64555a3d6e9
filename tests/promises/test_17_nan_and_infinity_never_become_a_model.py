"""Promise 17: stop within one update, exit 2, the last good model byte-equal."""

import pytest
import torch
from tests_folders import content
from tests_runs import digest, train
from tests_toy import CONFIG

from nmt.decoding.model import load_translator
from nmt.errors import NMTError
from nmt.model_folder import tensors as weights
from nmt.models.translator import TranslationNetwork
from nmt.training import translation_task
from nmt.training.checkpoint import load_checkpoint
from nmt.training.state import TrainingState

SPOILT = 10  # the update


@pytest.fixture
def settings(toy_config):
    changes = ["training.max_updates=16", "training.validate_every=5", "model.hidden_size=32"]
    return lambda *more: toy_config(*changes, *more)


def at_update_10(function, change):
    """function, and change done to what it gives when training calls it for the tenth time."""
    calls = []

    def spoilt(*arguments, **options):
        if not torch.is_grad_enabled():  # as in a validation
            return function(*arguments, **options)
        calls.append(1)
        result = function(*arguments, **options)
        return change(result, *arguments) if len(calls) == SPOILT else result

    return spoilt


def spoil_loss(monkeypatch, number):
    spoilt = at_update_10(translation_task.translation_loss, lambda loss, *_: loss * number)
    monkeypatch.setattr(translation_task, "translation_loss", spoilt)


def spoil_gradient(monkeypatch, number):
    def change(loss, *_):
        loss.register_hook(lambda gradient: gradient * number)
        return loss

    monkeypatch.setattr(translation_task, "translation_loss", at_update_10(translation_task.translation_loss, change))


def spoil_weight(monkeypatch, number):
    def change(norm, state, *_):
        with torch.no_grad():
            name, parameter = next(iter(state.model.named_parameters()))
            for tensor in (parameter, state.average[name]):
                tensor.view(-1)[-1] = number
        return norm

    monkeypatch.setattr(TrainingState, "apply_gradients", at_update_10(TrainingState.apply_gradients, change))


def spoil_optimizer(monkeypatch, number):
    def change(norm, state, *_):
        next(iter(state.optimizer.state.values()))["exp_avg_sq"].view(-1)[0] = number
        return norm

    monkeypatch.setattr(TrainingState, "apply_gradients", at_update_10(TrainingState.apply_gradients, change))


@pytest.mark.parametrize(("number", "save_every"), [("nan", 1), ("nan", 500), ("inf", 1), ("-inf", 500)])
@pytest.mark.parametrize("spoil", [spoil_loss, spoil_gradient, spoil_weight])
def test_a_spoilt_number_stops_the_training_and_the_model_before_it_is_kept(
    toy_data, settings, tmp_path, monkeypatch, spoil, number, save_every
):
    config, run, seen = settings(f"training.save_every={save_every}"), tmp_path / "run", []

    def remember(progress):
        if progress.update < SPOILT:
            seen.append(content(run))
        else:
            assert progress.update == SPOILT
            assert progress.validation is None  # no validation of it counts
        return False

    with monkeypatch.context() as patched:
        spoil(patched, float(number))
        with pytest.raises(NMTError, match="the last saved model is unharmed") as told:
            train(toy_data, config, run, stop_after=remember)
    assert "\n" not in str(told.value)
    before, after = ({k: v for k, v in found.items() if "/" not in k} for found in (seen[-1], content(run)))
    del before[".lock"]
    assert {name for name in before if "translator" in name} != set()
    assert after.pop("train.jsonl").startswith(before.pop("train.jsonl"))
    assert after == before
    assert all(torch.isfinite(tensor).all() for tensor in load_checkpoint(run)[0].values())
    load_translator([run])


def test_a_training_that_met_such_a_number_by_chance_goes_on_to_the_same_weights(
    toy_data, settings, tmp_path, monkeypatch
):
    train(toy_data, settings(), tmp_path / "whole")
    with monkeypatch.context() as patched:
        spoil_weight(patched, float("nan"))
        with pytest.raises(NMTError):
            train(toy_data, settings(), tmp_path / "run")
    train(toy_data, settings(), tmp_path / "run")
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


def test_an_optimizer_that_remembers_such_a_number_is_not_saved(toy_data, settings, tmp_path, monkeypatch):
    spoil_optimizer(monkeypatch, float("inf"))
    with pytest.raises(NMTError, match="not finite"):
        train(toy_data, settings("training.save_every=1"), tmp_path / "run")
    assert all(torch.isfinite(tensor).all() for tensor in load_checkpoint(tmp_path / "run")[0].values())


@pytest.mark.parametrize("rate", ["1e30", "1e38", "1e300"])
def test_a_learning_rate_that_explodes_ends_with_2_and_no_model_of_it(toy_data, tmp_path, nmt_here, rate):
    (tmp_path / "toy.toml").write_text(CONFIG)
    changes = ["--set", f"training.learning_rate={rate}", "--set", "training.validate_every=1"]
    options = ["--data", toy_data, "--tokenizer", toy_data / "tokenizer.model", "--out", tmp_path / "run"]
    ended = nmt_here("train", "--config", tmp_path / "toy.toml", *changes, *options)
    assert ended.code == 2
    assert b"Traceback" not in ended.err
    assert b"lower learning_rate" in ended.err.splitlines()[-1]
    assert not (tmp_path / "run" / "manifest.json").exists()
    assert all(torch.isfinite(tensor).all() for tensor in load_checkpoint(tmp_path / "run")[0].values())


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_have_no_bytes(number):
    with pytest.raises(NMTError, match="gate has values that are not finite"):
        weights.to_bytes({"gate": torch.tensor([1.0, number])})


def test_the_networks_initial_weights_have(toy_config):
    weights.to_bytes(dict(TranslationNetwork(toy_config().model, 10, 10, True).named_parameters()))
