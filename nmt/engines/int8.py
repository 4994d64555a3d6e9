"""Weights in int8, without torch: matrices on 127 levels, and a network's weights turned into them and back.

Shapes: K inputs and N outputs of a matrix; V vocabulary, E embedding.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt.model_folder.arrays import Arrays

# Weights are whole numbers from -WEIGHT_LEVELS to WEIGHT_LEVELS, 7 bits. CPUs without VNNI add two products of uint8
# and int8 in 16 bits: 255 * 63 * 2 still fits. Models saved before have 8 bits, with which such sums saturate.
WEIGHT_LEVELS = 63
LEVELS_OF_8_BITS = 127

# What stands in names of nmt/models, and in those of nmt.model_folder.schemas.int8_schema.
_RENAMED = {
    r"^encoder\.norms\.(\d+)": r"encoder.\1.norm",
    r"\.(layers|blocks)\.": ".",
    r"(\.recurrent)?\.layer\.": ".",
    r"\.attention\.": ".",
    r"(weight|bias)_ih_l0": r"input.\1",
    r"(weight|bias)_hh_l0": r"recurrent.\1",
}
_EMBEDDINGS = {"source_embedding", "target_embedding", "character_embedding"}


def quantize_weights(weights: Arrays, levels: int = WEIGHT_LEVELS) -> dict[str, NDArray[Any]]:
    """A network's weights, by the names of its parameters in torch, in the form of int8_schema.

    Matrices [N, K] and embeddings [V, E] become int8, those without a bias get one of zeros; all else stays.
    """
    found: dict[str, NDArray[Any]] = {}
    for name, array in weights.items():
        new = int8_name(name)
        stem = new.removesuffix(".weight")
        if array.ndim == 1:
            found[new] = array
        elif stem in _EMBEDDINGS:
            table, found[f"{stem}.scale"] = quantize(array.T, levels)
            found[new] = table.T
        else:
            found[new], found[f"{stem}.scale"] = quantize(array.T, levels)
            found.setdefault(f"{stem}.bias", np.zeros(len(array), np.float32))
    return found


def dequantize_weights(arrays: Arrays, names: Iterable[str]) -> Arrays:
    """The weights that arrays stand for, near those that they were made from, by the names of parameters in torch."""
    found = {}
    for name in names:
        array, stem = arrays[int8_name(name)], int8_name(name).removesuffix(".weight")
        if array.dtype != np.int8:
            found[name] = array
        elif stem in _EMBEDDINGS:
            found[name] = dequantize(array.T, arrays[f"{stem}.scale"]).T
        else:
            found[name] = dequantize(array, arrays[f"{stem}.scale"]).T
    return found


def int8_name(name: str) -> str:
    """decoder.blocks.0.recurrent.layer.weight_ih_l0 → decoder.0.input.weight."""
    for pattern, new in _RENAMED.items():
        name = re.sub(pattern, new, name)
    return name


def weight_levels(arrays: Arrays) -> int:
    """The levels that arrays in the form of int8_schema were made with: the greatest weights stand on the last one."""
    matrices = [array for array in arrays.values() if array.dtype == np.int8]
    beyond = any(max(int(each.max()), -int(each.min())) > WEIGHT_LEVELS for each in matrices)
    return LEVELS_OF_8_BITS if beyond else WEIGHT_LEVELS


def quantize(matrix: NDArray[np.float32], levels: int = WEIGHT_LEVELS) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 [..., N] and scales [N] whose product is nearest to a matrix [..., N], column by column."""
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12).astype(np.float32) / np.float32(levels)
    return np.rint(matrix / scale).astype(np.int8), scale


def dequantize(matrix: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matrix [..., N] that these stand for."""
    return matrix.astype(np.float32) * scale
