"""A translator's weights in int8, as they lie in engine.safetensors.

A matrix is int8 [K, N], a scale [N] and a bias [N]: an output is the exact integer product, times the scales of its
column and of its row of activations, plus the bias. An embedding is int8 [V, E] with a scale [V].

Shapes: V vocabulary, E embedding, H hidden, G gates of a cell (3 for a GRU, 4 for an LSTM, else 1).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from nmt.errors import ModelError
from nmt.model_folder.store import ModelFolder

PART = "engine.safetensors"
GATES = {"gru": 3, "lstm": 4, "rnn": 1}

Arrays = Mapping[str, NDArray[Any]]


def to_bytes(arrays: Arrays) -> bytes:
    """The content of the part."""
    return bytes(safetensors.numpy.save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def load_arrays(
    folder: ModelFolder, about: Mapping[str, Any], source_size: int, target_size: int
) -> dict[str, NDArray[Any]]:
    """The arrays of a model folder that config.json describes as about, for vocabularies of these sizes.

    Raises ModelError unless they are all that, and no more than, such a translator has, and finite.
    """
    return _checked(
        folder.read(PART),
        {
            name: (dtype, shape)
            for name, dtype, shape in _expected(about["model"], source_size, target_size, folder.has("tokenizer.model"))
        },
        str(folder.path / PART),
    )


def quantize(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 [..., N] and scales [N] whose product is nearest to a matrix [..., N], column by column."""
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(matrix / scale).astype(np.int8), scale


def dequantize(matrix: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matrix [..., N] that these stand for."""
    return matrix.astype(np.float32) * scale


def _checked(data: bytes, expected: Mapping[str, tuple[str, tuple[int, ...]]], name: str) -> dict[str, NDArray[Any]]:
    try:
        arrays: dict[str, NDArray[Any]] = safetensors.numpy.load(data)
    except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
        why = " ".join(str(error).split())[:200]
        raise ModelError(f"{name}: not a safetensors file ({why}); make it again with nmt export") from error
    if wrong := sorted(expected.keys() ^ arrays.keys()):
        what = "lacks" if wrong[0] in expected else "has"
        raise ModelError(f"{name}: {what} {wrong[0][:80]!a}, unlike config.json; make it again with nmt export")
    for key, (dtype, shape) in expected.items():
        array = arrays[key]
        if array.shape != shape or array.dtype != dtype:
            raise ModelError(
                f"{name}: {key} is {list(array.shape)} {array.dtype}, but config.json asks for {list(shape)} {dtype}; "
                "make it again with nmt export"
            )
        if dtype == "float32" and not np.isfinite(array).all():
            raise ModelError(f"{name}: {key} has values that are not finite; make it again with nmt export")
    return arrays


def _expected(
    config: Mapping[str, Any], source_size: int, target_size: int, shared: bool
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Name, type and shape of each array."""
    embedding, hidden, gates = config["embedding_size"], config["hidden_size"], GATES[config["cell"]]
    if hidden % (2 * config["attention_heads"]):
        raise ModelError("config.json has a hidden_size that is no multiple of two times attention_heads")

    def matrix(name: str, rows: int, columns: int) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        yield f"{name}.weight", "int8", (rows, columns)
        yield f"{name}.scale", "float32", (columns,)
        yield f"{name}.bias", "float32", (columns,)

    def norm(name: str) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        yield f"{name}.weight", "float32", (hidden,)
        yield f"{name}.bias", "float32", (hidden,)

    for side, size in (("target", target_size), *([] if shared else [("source", source_size)])):
        yield f"{side}_embedding.weight", "int8", (size, embedding)
        yield f"{side}_embedding.scale", "float32", (size,)
    yield "output_bias", "float32", (target_size,)
    yield from matrix("to_embedding", hidden, embedding)
    for layer in range(config["encoder_layers"]):
        for direction in ("forwards", "backwards"):
            name = f"encoder.{layer}.{direction}"
            yield from matrix(f"{name}.input", hidden if layer else embedding, gates * hidden // 2)
            yield from matrix(f"{name}.recurrent", hidden // 2, gates * hidden // 2)
        yield from norm(f"encoder.{layer}.norm")
    for layer in range(config["decoder_layers"]):
        name = f"decoder.{layer}"
        yield from matrix(f"{name}.input", hidden if layer else embedding, gates * hidden)
        yield from matrix(f"{name}.recurrent", hidden, gates * hidden)
        yield from matrix(f"{name}.start", hidden, hidden * (2 if config["cell"] == "lstm" else 1))
        for product in ("query", "key", "value", "out"):
            yield from matrix(f"{name}.{product}", hidden, hidden)
        yield from norm(f"{name}.norm")
