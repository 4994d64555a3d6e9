import json

import pytest
from tests_runs import digest, train

from nmt.errors import ConfigError, ModelError
from nmt.io.lines import read_file
from nmt.metrics.bleu import score
from nmt.model_folder.store import open_folder, save
from nmt.stages.train import train as train_stage
from nmt.stages.translate import translate_lines
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import train_subword_model
from nmt.training.checkpoint import load_checkpoint, save_checkpoint
from nmt.training.translation_task import ADDED, VALID


def texts(toy_data, split):
    return {language: list(read_file(toy_data / f"{split}.{language}")) for language in ("de", "en")}


@pytest.mark.parametrize(("source", "target"), [("de", "en"), ("en", "de")])
def test_one_model_learns_both_directions(toy_data, toy_both, source, target):
    test = texts(toy_data, "test")
    found = list(translate_lines(toy_both, test[source], source=source, target=target))
    [bleu] = score(found, [test[target]], metrics=("bleu",))
    assert bleu.value > 75


def test_without_languages_the_models_own_direction_is_taken(toy_both):
    assert list(translate_lines(toy_both, ["Hund."])) == ["dog."]
    assert list(translate_lines(toy_both, ["dog."], source="en")) == ["Hund."]


def test_validation_is_the_mean_of_the_directions(toy_data, toy_both):
    valid = texts(toy_data, "valid")
    each = []
    for source, target in (("de", "en"), ("en", "de")):
        found = list(
            translate_lines(
                toy_both, valid[source], source=source, target=target, search={"beam_size": 1}, engine="torch"
            )
        )
        each.append(score(found, [valid[target]], metrics=("bleu",))[0].value)
    about = json.loads(open_folder(toy_both).read("config.json"))
    assert about["directions"] == "both"
    assert about["training"]["valid_bleu"] == pytest.approx(sum(each) / 2)


def test_a_model_from_before_directions_translates_its_one(toy_model, tmp_path):
    folder = open_folder(toy_model)
    parts = {name: folder.read(name) for name in folder.parts}
    about = json.loads(parts["config.json"])
    del about["directions"]
    save(tmp_path / "old", parts | {"config.json": json.dumps(about).encode()})
    assert list(translate_lines(tmp_path / "old", ["Hund."])) == ["dog."]
    with pytest.raises(ConfigError, match="does not translate en to any language, only de to en"):
        translate_lines(tmp_path / "old", ["dog."], source="en")


def test_two_tokenizers_are_refused(toy_data, toy_config, tmp_path):
    for side in ("source", "target"):
        (tmp_path / f"{side}.model").write_bytes((toy_data / "tokenizer.model").read_bytes())
    with pytest.raises(ConfigError, match="need one tokenizer for both languages"):
        train_stage(config=toy_config("directions=both"), data=toy_data, tokenizer=tmp_path, out=tmp_path / "run")


def test_a_tokenizer_without_language_tags_is_refused(toy_data, toy_config, tmp_path):
    text = [line for lines in texts(toy_data, "train").values() for line in lines]
    path = tmp_path / "tokenizer.model"
    path.write_bytes(train_subword_model(text, TokenizerConfig(vocab_size=50), symbols=[]))
    with pytest.raises(ModelError, match="no symbol '<2en>'"):
        train_stage(config=toy_config("directions=both"), data=toy_data, tokenizer=path, out=tmp_path / "run")


@pytest.fixture(scope="module")
def short(toy_config):
    return lambda *more: toy_config("training.epochs=1", "training.validate_every=7", "model.hidden_size=32", *more)


@pytest.mark.parametrize("changes", [["training.subword_sampling=0.3"]])
def test_a_resume_is_exact(toy_data, short, tmp_path, changes):
    config = short("directions=both", *changes)
    train(toy_data, config, tmp_path / "whole")
    train(toy_data, config, tmp_path / "stopped", stop_at=4)
    train(toy_data, config, tmp_path / "stopped")
    assert digest(tmp_path / "stopped") == digest(tmp_path / "whole")


def test_one_direction_is_not_gone_on_with_as_both(toy_data, short, tmp_path):
    train(toy_data, short(), tmp_path / "run", stop_at=1)
    with pytest.raises(ConfigError, match="begun with directions = 'one', not 'both'"):
        train(toy_data, short("directions=both"), tmp_path / "run")


def test_a_checkpoint_from_before_an_option_existed_is_gone_on_with(toy_data, short, tmp_path):
    train(toy_data, short(), tmp_path / "whole")
    train(toy_data, short(), tmp_path / "run", stop_at=4)
    tensors, state = load_checkpoint(tmp_path / "run")
    for key in (*ADDED, VALID):
        del state["job"][key]
    state["job"]["search.beam_size"] = 99  # they had those too
    save_checkpoint(tmp_path / "run", tensors, state)
    train(toy_data, short(), tmp_path / "run")
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")
