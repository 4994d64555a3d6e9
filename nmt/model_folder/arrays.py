"""Named arrays as safetensors, without torch: loading runs no code and is checked against a schema."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from safetensors import SafetensorError

from nmt.errors import ModelError

Arrays = Mapping[str, NDArray[Any]]
Schema = Mapping[str, tuple[str, tuple[int, ...]]]  # the type and the shape of each array


def to_bytes(arrays: Arrays) -> bytes:
    """The arrays as bytes, which depend on names and values alone."""
    return bytes(safetensors.numpy.save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def from_bytes(data: bytes, schema: Schema, name: str, remedy: str) -> dict[str, NDArray[Any]]:
    """The arrays in data. Raises ModelError, with the file's name, unless they match the schema and are finite.

    float16 is accepted for float32, and converted: small copies of models are saved in it.
    """
    arrays = parse(data, name, remedy)
    if wrong := sorted(schema.keys() ^ arrays.keys()):
        what = "lacks" if wrong[0] in schema else "has"
        raise ModelError(f"{name}: {what} {wrong[0][:80]!a}, unlike its description; {remedy}")
    for key, (dtype, shape) in schema.items():
        array = arrays[key]
        if dtype == "float32" and array.dtype == np.float16:
            array = arrays[key] = array.astype(np.float32)
        if array.shape != shape or array.dtype != dtype:
            raise ModelError(
                f"{name}: {key} is {list(array.shape)} {array.dtype}, but its description asks for "
                f"{list(shape)} {dtype}; {remedy}"
            )
        if dtype == "float32" and not np.isfinite(array).all():
            raise ModelError(f"{name}: {key} has values that are not finite; {remedy}")
    return arrays


def parse(data: bytes, name: str, remedy: str) -> dict[str, NDArray[Any]]:
    """The arrays in data, without a schema. Raises ModelError, with the file's name, if it is not safetensors."""
    try:
        arrays: dict[str, NDArray[Any]] = safetensors.numpy.load(data)
    except (
        SafetensorError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:  # AttributeError: a type that numpy lacks
        why = " ".join(str(error).split())[:200]
        raise ModelError(f"{name}: not a safetensors file ({why}); {remedy}") from error
    return arrays
