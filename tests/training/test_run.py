import json

import pytest
from tests_runs import train

from nmt import pipeline
from nmt.errors import ConfigError, ModelError, NMTError
from nmt.metrics.bleu import score
from nmt.model_folder import open_folder
from nmt.text.lines import read_file


@pytest.fixture(scope="module")
def short(toy_config):
    """A configuration of two epochs with many validations, with changes."""
    changes = ["training.epochs=2", "training.validate_every=7", "training.report_every=3", "model.hidden_size=32"]
    return lambda *more: toy_config(*changes, *more)


def test_a_run_begun_with_another_configuration_is_not_gone_on_with(toy_data, short, tmp_path):
    train(toy_data, short(), tmp_path / "run", stop_at=2)
    with pytest.raises(ConfigError, match=r"begun with model\.hidden_size = 32, not 48"):
        train(toy_data, short("model.hidden_size=48"), tmp_path / "run")


def test_a_model_without_a_training_is_not_trained_over(toy_data, short, toy_model, tmp_path):
    from nmt.model_folder import save

    save(tmp_path / "run", {"config.json": b"{}"})
    with pytest.raises(ModelError, match="no checkpoint to go on with"):
        train(toy_data, short(), tmp_path / "run")


def test_a_loss_that_is_not_finite_stops_the_training_and_leaves_the_last_model(toy_data, short, tmp_path, monkeypatch):
    from nmt.training import loop

    real, calls = loop.translation_loss, []

    def spoilt(*arguments):
        calls.append(1)
        return real(*arguments) * (float("nan") if len(calls) == 10 else 1.0)

    monkeypatch.setattr(loop, "translation_loss", spoilt)
    with pytest.raises(NMTError, match=r"update 10: the loss is nan .* lower learning_rate"):
        train(toy_data, short(), tmp_path / "run")
    assert open_folder(tmp_path / "run").read("translator.safetensors")
    monkeypatch.setattr(loop, "translation_loss", real)
    train(toy_data, short(), tmp_path / "run")


def test_early_stopping_ends_after_the_patience(toy_data, short, tmp_path):
    config = short("training.learning_rate=1e-9", "training.patience=2", "training.epochs=9")
    train(toy_data, config, tmp_path / "run")
    reports = [json.loads(line) for line in read_file(tmp_path / "run" / "train.jsonl")]
    assert [report["update"] for report in reports if "valid_bleu" in report] == [7, 14, 21]


def test_the_model_learns_the_toy_language(toy_data, toy_model):
    sources, references = (list(read_file(toy_data / f"test.{language}")) for language in ("de", "en"))
    hypotheses = list(pipeline.translate_lines(toy_model, sources))
    [bleu] = score(hypotheses, [references], metrics=("bleu",))
    assert bleu.value > 75


@pytest.mark.parametrize("updates", [2, 8])  # before and after the first model
def test_a_run_whose_checkpoint_is_gone_is_not_begun_again(toy_data, toy_config, tmp_path, updates):
    options = {"data": toy_data, "tokenizer": toy_data / "tokenizer.model", "out": tmp_path / "run"}
    changes = ["training.report_every=1", "training.validate_every=5", f"training.max_updates={updates + 1}"]
    seen = []
    pipeline.train(config=toy_config(*changes), **options, report=seen.append, stop=lambda: len(seen) >= updates)
    (tmp_path / "run" / "checkpoint" / "manifest.json").unlink()
    with pytest.raises(ModelError, match="no checkpoint to go on with"):
        pipeline.train(config=toy_config(*changes), **options)
