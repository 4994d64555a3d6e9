import json

import pytest
from typer.testing import CliRunner

from nmt.cli.main import app
from nmt.errors import ModelError
from nmt.model_folder.store import save, update
from nmt.resources import shipped_model

CONFIG = {
    "source": "de",
    "target": "en",
    "model": {"cell": "gru", "hidden_size": 512},
    "training": {"pairs": 29000, "valid_bleu": 37.812345},
    "something": "a later nmt added \x1b[31m",
}


@pytest.fixture
def model(tmp_path):
    """A model folder without a translator, so that nothing needs training."""
    import torch

    from nmt.model_folder.tensors import to_bytes

    weights = to_bytes({"a": torch.zeros(3, 4), "b": torch.zeros(5)})
    save(tmp_path / "m", {"config.json": json.dumps(CONFIG).encode(), "tagger.safetensors": weights})
    return tmp_path / "m"


def check(*arguments):
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def test_it_says_what_a_model_is(model):
    ended = check(model)
    assert ended.exit_code == 0
    lines = {" ".join(line.split()) for line in ended.stdout.splitlines()}
    assert f"model {model}: sound" in lines
    assert "languages de to en" in lines
    assert "format version 1" in lines
    assert "parameters 17 in tagger.safetensors" in lines  # 3 x 4 + 5
    assert "model cell gru, hidden_size 512" in lines
    assert "training pairs 29000, valid_bleu 37.8123" in lines


def test_a_model_of_both_directions_says_so():
    assert "de to en and en to de" in check(shipped_model()).stdout


def test_it_gives_size_and_sum_of_every_part(model):
    import hashlib

    [config] = model.glob("config-*")
    data = config.read_bytes()
    [line] = [line for line in check(model).stdout.splitlines() if "config.json" in line]
    assert line.split() == ["part", "config.json", str(len(data)), "bytes", "sha256", hashlib.sha256(data).hexdigest()]


def test_no_control_character_of_the_model_reaches_the_terminal(model):
    assert "\x1b" not in check(model).stdout
    assert r"a later nmt added \u001b[31m" in check(model).stdout


def test_json_has_everything(model):
    report = json.loads(check(model, "--json").stdout)
    assert report["description"] == CONFIG
    assert report["parts"].keys() == {"config.json", "tagger.safetensors"}
    assert report["parameters"] == {"tagger.safetensors": 17}
    assert report["format_version"] == 1
    assert report["last_log"] is None


def test_it_gives_the_last_whole_report_of_the_log(model):
    (model / "train.jsonl").write_text('{"update": 1}\n{"update": 2, "loss": 3.5}\n{"upda')
    assert "last report     update 2, loss 3.5" in check(model).stdout.splitlines()


def test_it_checks_the_checkpoint_too(model):
    import torch

    from nmt.training.checkpoint import save_checkpoint

    save_checkpoint(model, {"model.a": torch.zeros(3)}, {"state": {"update": 70}})
    ended = check(model)
    assert "checkpoint      at update 70" in ended.stdout.splitlines()
    assert "checkpoint/tensors.safetensors" in ended.stdout
    [tensors] = (model / "checkpoint").glob("tensors-*")
    tensors.write_bytes(tensors.read_bytes()[:-1] + b"x")
    ended = check(model)
    assert isinstance(ended.exception, ModelError)
    assert "checkpoint/tensors-" in str(ended.exception)
    assert ended.stdout == ""


def test_it_checks_the_checkpoint_of_a_tagger_too(model):
    import torch

    from nmt.training.checkpoint import HEAD_FOLDERS, save_checkpoint

    save_checkpoint(model, {"model.a": torch.zeros(3)}, {"state": {"update": 70}}, HEAD_FOLDERS[0])
    assert check(model).exit_code == 0
    [tensors] = (model / HEAD_FOLDERS[0]).glob("tensors-*")
    tensors.write_bytes(tensors.read_bytes()[:-1] + b"x")
    assert f"{HEAD_FOLDERS[0]}/tensors-" in str(check(model).exception)


def test_a_translator_that_cannot_be_put_together_is_refused(model):
    update(model, {"translator.safetensors": (2).to_bytes(8, "little") + b"{}"})
    assert isinstance(check(model).exception, ModelError)


def test_a_model_that_learnt_is_sound(toy_model):
    ended = check(toy_model)
    assert ended.exit_code == 0, ended.exception
    assert "in translator.safetensors" in ended.stdout
    assert "valid_bleu" in ended.stdout


def test_the_model_may_be_named_as_elsewhere(model):
    assert check("--model", model).stdout == check(model).stdout
    assert "name one model" in str(check(model, "--model", model).exception)
    assert "name a model folder" in str(check().exception)
