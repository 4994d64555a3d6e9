from dataclasses import asdict

import numpy as np
import pytest
import torch

from nmt.engines.int8 import LEVELS_OF_8_BITS, dequantize, dequantize_weights, quantize, quantize_weights, weight_levels
from nmt.engines.networks import fill, weights_of
from nmt.model_folder.schemas import int8_schema
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork


def test_each_column_has_a_scale_of_its_own():
    values, scale = quantize(np.array([[63.0, 0.25, 0.0], [-31.6, -1.0, 0.0]], np.float32))
    # 63 levels each way: of 63, of 1, and of a column that is nothing but zeros.
    assert values.tolist() == [[63, 16, 0], [-32, -63, 0]]
    np.testing.assert_allclose(scale, [1, 1 / 63, 1e-12 / 63], rtol=1e-6)
    np.testing.assert_allclose(dequantize(values, scale), [[63, 16 / 63, 0], [-32, -1, 0]], atol=1e-6)


def test_weights_say_on_how_many_levels_they_stand():
    matrix = np.array([[0.5, -3.0], [0.1, 0.2]], np.float32)
    for levels, greatest in ((63, 63), (127, 127)):
        arrays = quantize_weights({"to_embedding.weight": matrix}, levels)
        assert abs(arrays["to_embedding.weight"]).max() == greatest
        assert weight_levels(arrays) == levels
    assert weight_levels({"weight": np.array([[-64]], np.int8)}) == LEVELS_OF_8_BITS
    assert weight_levels({"weight": np.array([[-128]], np.int8)}) == LEVELS_OF_8_BITS  # by no export of ours
    assert weight_levels({"weight": np.array([[-63, 63]], np.int8), "bias": np.array([99.0])}) == 63


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
        step = 0 if parameter.ndim == 1 else parameter.abs().amax(dim=1, keepdim=True) / 63
        assert ((parameter - again).abs() <= step / 2 + 1e-6).all(), name
    again = quantize_weights(weights_of(other))
    assert all(np.array_equal(again[name], arrays[name]) for name in arrays if name.endswith(".weight"))
