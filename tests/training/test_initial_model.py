import shutil

import numpy as np
import pytest
from tests_runs import digest

from nmt.errors import ConfigError, ModelError
from nmt.io.lines import read_file, write_file
from nmt.model_folder import store
from nmt.model_folder.contents import load_statistics, load_tokenizers
from nmt.model_folder.store import open_folder
from nmt.model_folder.tensors import parse
from nmt.protection.word_statistics import Seen
from nmt.stages.export import export
from nmt.stages.train import train
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import PLACEHOLDERS, train_subword_model

STILL = ["training.learning_rate=1e-12", "training.max_updates=1", "training.ema_decay=0", "training.weight_decay=0"]


def weights(folder):
    return {
        name: tensor.numpy() for name, tensor in parse(open_folder(folder).read("translator.safetensors"), "").items()
    }


@pytest.fixture
def begun(toy_data, toy_model, toy_config, tmp_path):
    """Train with a model to begin with, and other options."""

    def train_from(*changes, init=toy_model, out="run", **options):
        options = {"tokenizer": None, "data": toy_data} | options
        train(config=toy_config(*changes), init=init, out=tmp_path / out, **options)
        return tmp_path / out

    return train_from


def test_a_training_begins_with_the_weights_and_the_tokenizer_of_a_model(begun, toy_model):
    run = begun(*STILL)
    assert load_tokenizers(open_folder(run))[0].to_bytes() == load_tokenizers(open_folder(toy_model))[0].to_bytes()
    before, after = weights(toy_model), weights(run)
    for name in before:
        np.testing.assert_allclose(after[name], before[name], atol=1e-6, err_msg=name)


def test_a_folder_that_has_its_weights_in_int8_alone_will_do(begun, toy_model, tmp_path):
    export(model=toy_model, out=tmp_path / "small")
    assert not open_folder(tmp_path / "small").has("translator.safetensors")
    before, after = weights(toy_model), weights(begun(*STILL, init=tmp_path / "small"))
    for name in before:
        np.testing.assert_allclose(
            after[name], before[name], atol=np.abs(before[name]).max() / 125
        )  # half a level of 63


def test_a_piece_that_both_tokenizers_have_keeps_its_row_and_a_new_one_is_the_mean_of_its_parts(
    begun, toy_data, toy_model, tmp_path
):
    text = [line for side in ("de", "en") for line in read_file(toy_data / f"train.{side}")]
    symbols = ["<2de>", "<2en>", *PLACEHOLDERS, "<new>"]
    (tmp_path / "other.model").write_bytes(
        train_subword_model(text, TokenizerConfig(vocab_size=90, kind="bpe"), symbols=symbols)
    )
    run = begun(*STILL, tokenizer=tmp_path / "other.model")
    [old, _], [new, _] = load_tokenizers(open_folder(toy_model)), load_tokenizers(open_folder(run))
    before, after = weights(toy_model), weights(run)
    known = {old.piece(id_): id_ for id_ in range(old.vocab_size)}
    kinds = set()
    for id_ in range(new.vocab_size):
        piece = new.piece(id_)
        if piece == "<new>":
            assert after["output_bias"][id_] == pytest.approx(before["output_bias"].mean(), abs=1e-6)
            continue
        parts = [known[piece]] if piece in known else old.encode(piece.replace("▁", " "))
        if piece not in known and not piece.startswith("▁") and parts[0] == known["▁"]:
            parts = parts[1:]
        kinds.add((piece in known, len(parts)))
        for name in ("target_embedding.weight", "output_bias"):
            expected = before[name][parts].mean(axis=0)
            np.testing.assert_allclose(after[name][id_], expected, atol=1e-6, err_msg=f"{piece} {parts}")
    assert (True, 1) in kinds
    assert any(not kept and parts > 1 for kept, parts in kinds)


def test_two_tokenizers_cannot_become_one(begun, toy_data, toy_config, tmp_path):
    separate = tmp_path / "separate"
    separate.mkdir()
    for side in ("source", "target"):
        (separate / f"{side}.model").write_bytes((toy_data / "tokenizer.model").read_bytes())
    run = begun("training.max_updates=1", tokenizer=separate, out="separate-run")
    begun(*STILL, init=run, out="again")
    with pytest.raises(ConfigError, match="has a tokenizer for each language, and cannot go on with one for both"):
        begun(*STILL, init=run, tokenizer=toy_data / "tokenizer.model", out="one")


def test_what_the_configuration_leaves_out_is_as_in_the_model(toy_data, toy_both, toy_config, tmp_path):
    from nmt.config import Config, load_config
    from nmt.model_folder.descriptions import read_description

    plain = load_config(None, ["training.max_updates=1", "model.dropout=0.25"])
    assert plain.model != toy_config().model
    assert plain.source == Config().source == ""
    train(config=plain, data=toy_data, tokenizer=None, init=toy_both, out=tmp_path / "run")
    before, after = (read_description(open_folder(folder)) for folder in (toy_both, tmp_path / "run"))
    assert after["directions"] == "both"
    assert after["model"] == before["model"] | {"dropout": 0.25}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("model.hidden_size=32", r"has model.hidden_size = 64, and what begins with it cannot have 32; leave that out"),
        ("directions=both", "has directions = 'one', and what begins with it cannot have 'both'"),
        ("source=fr", "has source = 'de', and what begins with it cannot have 'fr'"),
    ],
)
def test_a_configuration_that_contradicts_the_model_is_refused(begun, change, message):
    with pytest.raises(ConfigError, match=message):
        begun(change)


def test_without_a_tokenizer_there_must_be_a_model(toy_data, toy_config, tmp_path):
    with pytest.raises(ConfigError, match=r"no tokenizer is named; name one by --tokenizer, or a model .* by --init"):
        train(config=toy_config(), data=toy_data, tokenizer=None, out=tmp_path / "run")


def test_a_folder_without_a_model_is_told(begun, tmp_path):
    with pytest.raises(ModelError, match="nowhere"):
        begun(init=tmp_path / "nowhere")


def test_a_stopped_training_goes_on_with_the_same_model_alone(begun, toy_both, toy_data, tmp_path):
    settings = ["training.max_updates=6", "training.validate_every=4"]
    whole = begun(*settings, out="whole")
    seen = []
    begun(*settings, report=seen.append, stop=lambda: len(seen) == 3)
    for init, options in ((None, {"tokenizer": toy_data / "tokenizer.model"}), (whole, {})):
        with pytest.raises(ConfigError, match="was begun with other initial weights; give the same again"):
            begun(*settings, init=init, **options)
    assert digest(begun(*settings)) == digest(whole)
    assert store.exists(tmp_path / "run")


def test_what_the_model_knows_of_words_is_kept(begun, toy_trained, toy_data, tmp_path):
    before = toy_trained("training.placeholders=true", "training.max_updates=1")
    own = tmp_path / "own"
    shutil.copytree(toy_data, own)
    for language, line in (("de", "Kranich."), ("en", "crane.")):
        write_file(own / f"train.{language}", [line] * 20)
    run = begun("training.placeholders=true", "training.max_updates=1", init=before, data=own)
    known = load_statistics(open_folder(run)).of("de")
    assert known["Haus"] == load_statistics(open_folder(before)).of("de")["Haus"]
    assert known["Kranich"] == Seen(16, 0)
