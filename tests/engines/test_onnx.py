from dataclasses import asdict

import numpy as np
import pytest
import torch

from nmt.decoding.beam_search import beam_search
from nmt.decoding.config import DecodingConfig
from nmt.decoding.sampling import sample
from nmt.engines import onnx_session
from nmt.engines.int8 import LEVELS_OF_8_BITS, WEIGHT_LEVELS, dequantize_weights, quantize_weights
from nmt.engines.networks import fill, weights_of
from nmt.engines.onnx import OnnxEngine
from nmt.engines.onnx_layers import Network
from nmt.engines.torch import TorchEngine
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import BOS_ID, EOS_ID

SOURCES = [[5, 6, 7, 8, 9, 10, 11], [], [12], [5] * 5]
FORBIDDEN = [0, 1, 2, 4]


def networks(shared=True, vocab_size=40, levels=WEIGHT_LEVELS, **changes):
    """A translator of random weights and its int8 arrays; the translator has the weights that the arrays stand for."""
    torch.manual_seed(1)
    config = ModelConfig(**{"embedding_size": 24, "hidden_size": 32, "attention_heads": 2, **changes})
    model = TranslationNetwork(config, vocab_size if shared else 50, vocab_size, shared).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)  # norms and biases too
    arrays = quantize_weights(weights_of(model), levels)
    fill(model, dequantize_weights(arrays, weights_of(model)))
    return model, Network(arrays=arrays, config=asdict(config))


def rows_of(engine, sources, steps=6, rows=1):
    """Each step's whole distribution [R, V], and attention, when every row reads the same subwords."""
    state, previous = engine.start(sources, rows), BOS_ID
    for number in range(steps):
        step = engine.step(np.full(len(sources), previous), state, engine.vocab_size)
        table = np.zeros_like(step.log_probs)
        np.put_along_axis(table, step.ids, step.log_probs, axis=1)
        yield table, step.attention()
        state, previous = step.state, 5 + number


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "ssru"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"encoder_layers": 2, "decoder_layers": 2},
        {"shared": False, "encoder_layers": 2},
        {"embedding_size": 32, "decoder_layers": 2, "attention_heads": 1},
    ],
    ids=["one layer", "two layers", "two vocabularies", "residual embeddings"],
)
def test_it_computes_what_the_network_in_torch_does_but_for_rounded_activations(cell, changes):
    model, network = networks(cell=cell, **changes)
    found, expected = (
        rows_of(one, SOURCES) for one in (OnnxEngine([network], FORBIDDEN), TorchEngine([model], FORBIDDEN))
    )
    for (own, own_attention), (table, attention) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.isneginf(own), np.isneginf(table))  # what is forbidden
        real = np.isfinite(table)
        assert np.abs(own[real] - table[real]).max() < 0.15  # of values between -10 and 0
        np.testing.assert_allclose(np.exp(own).sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(own_attention[:, : attention.shape[1]], attention, atol=0.03)
        assert (own_attention[:, attention.shape[1] :] == 0).all()


def test_several_networks_together_compute_what_those_in_torch_do():
    models, together = zip(*(networks(), networks(cell="lstm", decoder_layers=2, hidden_size=48)), strict=True)
    for (own, own_attention), (table, attention) in zip(
        rows_of(OnnxEngine(together, FORBIDDEN), SOURCES), rows_of(TorchEngine(models, FORBIDDEN), SOURCES), strict=True
    ):
        np.testing.assert_array_equal(np.isneginf(own), np.isneginf(table))
        real = np.isfinite(table)
        assert np.abs(own[real] - table[real]).max() < 0.15
        np.testing.assert_allclose(np.exp(own).sum(axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(own_attention[:, : attention.shape[1]], attention, atol=0.03)


@pytest.mark.parametrize("cells", [["gru"], ["lstm"], ["gru", "lstm"]])
def test_a_row_does_not_depend_on_the_rows_beside_it(cells):
    engine = OnnxEngine([networks(cell=cell, decoder_layers=2)[1] for cell in cells], FORBIDDEN)
    generator = np.random.default_rng(1)
    sources = [generator.integers(5, 40, size).tolist() for size in range(7)]  # all are padded to 8
    together = list(rows_of(engine, sources))
    for row, source in enumerate(sources):
        for (own, own_attention), (table, attention) in zip(rows_of(engine, [source]), together, strict=True):
            np.testing.assert_array_equal(own[0], table[row])
            np.testing.assert_array_equal(own_attention[0], attention[row])


def test_searches_find_the_same_whatever_stands_beside_a_sentence():
    engine = OnnxEngine([networks()[1]], FORBIDDEN)
    generator = np.random.default_rng(2)
    sources = [generator.integers(5, 40, size).tolist() for size in (3, 1, 6, 5, 2, 7, 4, 3)]
    for search, config in (
        (beam_search, DecodingConfig(beam_size=4, n_best=3, coverage_penalty=0.2)),
        (beam_search, DecodingConfig(beam_size=1)),
        (sample, DecodingConfig(sample=True, n_best=3)),
    ):
        together = search(engine, sources, config)  # sentences leave it at different times
        assert together == [found for source in sources for found in search(engine, [source], config)]


def test_very_long_sources_are_read_whole():
    model, network = networks()
    sources = [[5] * 200, [5] * 100 + [6] + [5] * 99]
    [(own, _)], [(table, _)] = (
        list(rows_of(engine, sources, steps=1))
        for engine in (OnnxEngine([network], FORBIDDEN), TorchEngine([model], FORBIDDEN))
    )
    np.testing.assert_allclose(np.exp(own), np.exp(table), atol=0.01)
    assert (own[0] != own[1]).any()


@pytest.mark.parametrize("vocab_size", [300, 307])  # pieces of 60, and of 1: 307 has no divisors
def test_candidates_are_the_most_probable_of_all_subwords(vocab_size):
    engine = OnnxEngine([networks(vocab_size=vocab_size)[1]], FORBIDDEN)
    state, previous = engine.start(SOURCES, 1), np.full(len(SOURCES), BOS_ID)
    every = engine.step(previous, state, vocab_size)
    assert (np.sort(every.ids, axis=1) == np.arange(vocab_size)).all()
    for count in range(1, 12):
        found = engine.step(previous, state, count)
        np.testing.assert_array_equal(found.ids, every.ids[:, :count])
        np.testing.assert_array_equal(found.log_probs, every.log_probs[:, :count])


def test_what_is_forbidden_never_comes_out():
    config = DecodingConfig(beam_size=5, n_best=5)
    [found] = beam_search(OnnxEngine([networks()[1]], FORBIDDEN), [[7, 8, 9]], config)
    assert len(found) == 5
    assert not {id_ for hypothesis in found for id_ in hypothesis.ids} & {*FORBIDDEN, EOS_ID}


@pytest.mark.parametrize("levels", [WEIGHT_LEVELS, LEVELS_OF_8_BITS])
def test_processors_without_vnni_compute_the_same(monkeypatch, levels):
    _, network = networks(decoder_layers=2, levels=levels)
    expected = [table for table, _ in rows_of(OnnxEngine([network], FORBIDDEN), SOURCES)]
    monkeypatch.setattr(onnx_session, "_has_vnni", lambda: False)
    found = [table for table, _ in rows_of(OnnxEngine([network], FORBIDDEN), SOURCES)]
    np.testing.assert_array_equal(found, expected)


def test_the_environment_says_how_many_threads_search(monkeypatch):
    _, network = networks()
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert OnnxEngine([network], FORBIDDEN).workers == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert OnnxEngine([network], FORBIDDEN).workers >= 1
