"""Weights in int8: matrices on 255 levels, and a translator in torch turned into them and filled from them."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt.model_folder.arrays import Arrays
from nmt.models.cells import Bidirectional, Recurrent
from nmt.models.decoder import Block
from nmt.models.translator import TranslationNetwork


def quantize_translator(model: TranslationNetwork) -> Arrays:
    """The arrays that nmt.model_folder.contents.int8_schema describes."""
    arrays: dict[str, NDArray[Any]] = {"output_bias": _numpy(model.output_bias)}
    for name, embedding in _embeddings(model):
        table, arrays[f"{name}.scale"] = quantize(_numpy(embedding.weight).T)
        arrays[f"{name}.weight"] = table.T
    for name, weight, bias in _products(model):
        arrays[f"{name}.weight"], arrays[f"{name}.scale"] = quantize(_numpy(weight).T)
        arrays[f"{name}.bias"] = np.zeros(len(weight), np.float32) if bias is None else _numpy(bias)
    for name, norm in _norms(model):
        arrays[f"{name}.weight"], arrays[f"{name}.bias"] = _numpy(norm.weight), _numpy(norm.bias)
    return arrays


@torch.no_grad()
def fill_translator(model: TranslationNetwork, arrays: Arrays) -> None:
    """Give a translator the weights that arrays stand for: near those that they were made from."""
    model.output_bias.copy_(torch.from_numpy(arrays["output_bias"]))
    for name, embedding in _embeddings(model):
        table = dequantize(arrays[f"{name}.weight"].T, arrays[f"{name}.scale"])
        embedding.weight.copy_(torch.from_numpy(table).t())
    for name, weight, bias in _products(model):
        weight.copy_(torch.from_numpy(dequantize(arrays[f"{name}.weight"], arrays[f"{name}.scale"])).t())
        if bias is not None:
            bias.copy_(torch.from_numpy(arrays[f"{name}.bias"]))
    for name, norm in _norms(model):
        norm.weight.copy_(torch.from_numpy(arrays[f"{name}.weight"]))
        norm.bias.copy_(torch.from_numpy(arrays[f"{name}.bias"]))


def quantize(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 [..., N] and scales [N] whose product is nearest to a matrix [..., N], column by column."""
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(matrix / scale).astype(np.int8), scale


def dequantize(matrix: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matrix [..., N] that these stand for."""
    return matrix.astype(np.float32) * scale


class _Product(NamedTuple):
    """A matrix [N, K], as torch has it, and its bias [N]."""

    name: str
    weight: Tensor
    bias: Tensor | None


def _embeddings(model: TranslationNetwork) -> Iterator[tuple[str, nn.Embedding]]:
    yield "target_embedding", model.target_embedding
    if model.source_embedding is not model.target_embedding:
        yield "source_embedding", model.source_embedding


def _products(model: TranslationNetwork) -> Iterator[_Product]:
    for number, layer in enumerate(model.encoder.layers):
        layer = cast(Bidirectional, layer)
        yield from _recurrent(f"encoder.{number}.forwards", layer.forwards)
        yield from _recurrent(f"encoder.{number}.backwards", layer.backwards)
    for number, block in enumerate(model.decoder.blocks):
        block, name = cast(Block, block), f"decoder.{number}"
        yield from _recurrent(name, block.recurrent)
        yield _linear(f"{name}.start", block.start)
        for product in ("query", "key", "value", "out"):
            yield _linear(f"{name}.{product}", getattr(block.attention, product))
    yield _linear("to_embedding", model.to_embedding)


def _norms(model: TranslationNetwork) -> Iterator[tuple[str, nn.LayerNorm]]:
    for number, norm in enumerate(model.encoder.norms):
        yield f"encoder.{number}.norm", cast(nn.LayerNorm, norm)
    for number, block in enumerate(model.decoder.blocks):
        yield f"decoder.{number}.norm", cast(Block, block).norm


def _linear(name: str, linear: nn.Linear) -> _Product:
    return _Product(name, linear.weight, linear.bias)


def _recurrent(name: str, recurrent: Recurrent) -> Iterator[_Product]:
    input_weight, recurrent_weight, input_bias, recurrent_bias = recurrent.layer.all_weights[0]
    yield _Product(f"{name}.input", input_weight, input_bias)
    yield _Product(f"{name}.recurrent", recurrent_weight, recurrent_bias)


def _numpy(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().cpu().float().contiguous().numpy()
