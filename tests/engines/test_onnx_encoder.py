from dataclasses import asdict

import numpy as np
import pytest
import torch

from nmt.engines import onnx_encoder
from nmt.engines.int8 import quantize_weights
from nmt.engines.networks import weights_of
from nmt.engines.onnx_encoder import OnnxEncoder, stacked
from nmt.engines.onnx_layers import Network
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork

SOURCES = [[7, 8, 9], [7], [], [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]]


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(1)
    config = ModelConfig(embedding_size=24, hidden_size=32)
    arrays = quantize_weights(weights_of(TranslationNetwork(config, 40, 40, shared=True)))
    return Network(arrays=arrays, config=asdict(config))


def equal(some, others):
    return all(np.array_equal(one, other) for one, other in zip(some, others, strict=True))


def test_states_are_the_same_alone_together_and_kept(network):
    encoder = OnnxEncoder(network)
    together = encoder(SOURCES, keep=True)
    assert [each.shape for each in together] == [(4, 32), (2, 32), (1, 32), (11, 32)]
    assert equal(encoder(SOURCES), together)  # those that were kept
    assert equal([OnnxEncoder(network)([source])[0] for source in SOURCES], together)


def test_what_was_kept_is_not_encoded_again_and_given_out_once(network, monkeypatch):
    encoder, encoded = OnnxEncoder(network), []
    own = encoder._encode
    monkeypatch.setattr(encoder, "_encode", lambda sources: encoded.extend(sources) or own(sources))
    encoder(SOURCES[:2], keep=True)
    encoder(SOURCES[:2] * 2)  # each once, though asked for twice
    assert encoded == [(7, 8, 9), (7,)]
    encoder([[7]])
    assert encoded == [(7, 8, 9), (7,), (7,)]


def test_no_more_is_kept_than_there_is_room_for(network, monkeypatch):
    monkeypatch.setattr(onnx_encoder, "KEPT", 12)
    encoder = OnnxEncoder(network)
    for source in ([1, 2, 3], [4, 5, 6, 7], list(range(5, 25)), [8, 9]):
        encoder([source], keep=True)
    assert list(encoder._kept) == [(8, 9)]
    assert encoder._size == 3


def test_stacked_states_have_zeros_behind_them(network):
    states = OnnxEncoder(network)(SOURCES[:2])
    found = stacked(states, 8)
    assert found.shape == (8, 2, 32)
    assert np.array_equal(found[:4, 0], states[0])
    assert not found[4:, 0].any()
    assert not found[2:, 1].any()
