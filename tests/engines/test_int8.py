from dataclasses import asdict

import numpy as np
import pytest
import torch

from nmt.engines.int8 import dequantize, dequantize_weights, quantize, quantize_weights
from nmt.engines.networks import fill, weights_of
from nmt.model_folder.contents import int8_schema
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork


def test_each_column_has_a_scale_of_its_own():
    values, scale = quantize(np.array([[127.0, 0.5, 0.0], [-63.6, -1.0, 0.0]], np.float32))
    # 127 levels each way: of 127, of 1, and of a column that is nothing but zeros.
    assert values.tolist() == [[127, 64, 0], [-64, -127, 0]]
    np.testing.assert_allclose(scale, [1, 1 / 127, 1e-12 / 127], rtol=1e-6)
    np.testing.assert_allclose(dequantize(values, scale), [[127, 64 / 127, 0], [-64, -1, 0]], atol=1e-6)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "ssru"])
def test_a_translator_comes_back_within_half_a_level(cell, shared):
    config = ModelConfig(cell=cell, embedding_size=6, hidden_size=8, encoder_layers=2, decoder_layers=2)
    torch.manual_seed(1)
    model, other = (TranslationNetwork(config, 9, 9 if shared else 7, shared) for _ in range(2))
    arrays = quantize_weights(weights_of(model))
    schema = int8_schema(asdict(config), 9, 9 if shared else 7, shared)
    assert {name: (array.dtype.name, array.shape) for name, array in arrays.items()} == schema
    fill(other, dequantize_weights(arrays, weights_of(other)))
    for (name, parameter), again in zip(model.named_parameters(), other.parameters(), strict=True):
        step = 0 if parameter.ndim == 1 else parameter.abs().amax(dim=1, keepdim=True) / 127
        assert ((parameter - again).abs() <= step / 2 + 1e-6).all(), name
    again = quantize_weights(weights_of(other))
    assert all(np.array_equal(again[name], arrays[name]) for name in arrays if name.endswith(".weight"))
