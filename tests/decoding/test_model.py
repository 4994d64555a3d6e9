import json

import numpy as np
import pytest
import torch
from tests_toy import toy_pairs

from nmt.decoding.beam_search import beam_search
from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import load_translator
from nmt.engines.onnx import OnnxEngine
from nmt.engines.torch import TorchEngine
from nmt.errors import ModelError
from nmt.model_folder.store import open_folder, save
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import BOS_ID, PAD_ID, PLACEHOLDERS, train_subword_model

SOURCES = [[5, 6, 7], [8], [9, 4]]


def network(seed, **changes):
    torch.manual_seed(seed)
    return TranslationNetwork(ModelConfig(embedding_size=6, hidden_size=8, **changes), 11, 11, True)


def engine(*networks):
    return TorchEngine(networks, [PAD_ID])


def probabilities(engine, previous=BOS_ID, candidates=11):
    """What comes next for each of SOURCES, as a table over the vocabulary, and the whole step."""
    step = engine.step(np.full(3, previous), engine.start(SOURCES, 1), candidates)
    table = np.zeros((3, 11))
    np.put_along_axis(table, step.ids, np.exp(step.log_probs), axis=1)
    return table, step


def test_each_next_subword_has_the_mean_of_the_models_probabilities():
    both = network(1), network(2, cell="lstm", decoder_layers=2)
    found, step = probabilities(engine(*both))
    alone = [probabilities(engine(one)) for one in both]
    np.testing.assert_allclose(found, (alone[0][0] + alone[1][0]) / 2, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert (np.diff(step.log_probs[:, :10], axis=1) <= 0).all()
    np.testing.assert_allclose(step.attention(), sum(own.attention() for _, own in alone) / 2, atol=1e-6)


def test_no_model_alone_forbids_a_subword_but_what_none_may_write_never_comes():
    found, _ = probabilities(engine(network(1), network(2)))
    assert (found[:, PAD_ID] == 0).all()
    assert (found[:, 1:] > 0).all()


def test_an_ensemble_of_one_model_twice_translates_as_that_model():
    own, config = network(1), DecodingConfig(beam_size=3)
    twice = beam_search(engine(own, own), SOURCES, config)
    once = beam_search(engine(own), SOURCES, config)
    assert [[found.ids for found in each] for each in twice] == [[found.ids for found in each] for each in once]


def test_rows_keep_their_history_in_every_model():
    both, config = engine(network(1), network(2)), DecodingConfig(beam_size=4, n_best=4)
    together = beam_search(both, SOURCES, config)
    for source, found in zip(SOURCES, together, strict=True):
        [alone] = beam_search(both, [source], config)
        assert [hypothesis.ids for hypothesis in found] == [hypothesis.ids for hypothesis in alone]


def with_parts(model, path, **parts):
    folder = open_folder(model)
    save(
        path,
        {name: folder.read(name) for name in folder.parts} | {name.replace("__", "."): parts[name] for name in parts},
    )
    return path


def test_models_with_exported_engines_run_in_these_and_others_in_torch(toy_model, tmp_path):
    both = load_translator([toy_model, toy_model]).engine
    assert isinstance(both, OnnxEngine)
    assert len(both.networks) == 2
    folder = open_folder(toy_model)
    save(tmp_path / "bare", {name: folder.read(name) for name in folder.parts if name != "engine.safetensors"})
    assert isinstance(load_translator([toy_model, tmp_path / "bare"]).engine, TorchEngine)
    with pytest.raises(ModelError, match="bare"):
        load_translator([toy_model, tmp_path / "bare"], engine="onnx")


def test_models_with_other_tokenizers_are_refused(toy_model, tmp_path):
    text = [side for pair in toy_pairs(200, 5) for side in pair]
    other = train_subword_model(text, TokenizerConfig(vocab_size=76), symbols=["<2de>", "<2en>", *PLACEHOLDERS])
    with pytest.raises(ModelError, match=r"other: its source tokenizer is not that of .*run; only models trained with"):
        load_translator([toy_model, with_parts(toy_model, tmp_path / "other", tokenizer__model=other)])


def test_models_of_other_directions_are_refused(toy_model, tmp_path):
    about = json.loads(open_folder(toy_model).read("config.json")) | {"target": "fr"}
    other = with_parts(toy_model, tmp_path / "other", config__json=json.dumps(about).encode())
    with pytest.raises(ModelError, match="other: does not translate the same directions"):
        load_translator([toy_model, other])


def test_models_of_both_directions_go_together_whichever_is_their_first(toy_both, tmp_path):
    about = json.loads(open_folder(toy_both).read("config.json")) | {"source": "en", "target": "de"}
    other = with_parts(toy_both, tmp_path / "other", config__json=json.dumps(about).encode())
    assert load_translator([toy_both, other]).source == "de"
