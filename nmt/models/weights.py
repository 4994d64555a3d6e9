"""Weights as bytes and back: safetensors, checked for names, shapes, types and finiteness."""

from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from nmt.errors import ModelError


def to_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """The tensors in a form that depends on their names and values alone."""
    return safetensors.torch.save({name: tensors[name].detach().cpu().contiguous() for name in sorted(tensors)})


def from_bytes(data: bytes, expected: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Tensors of the expected names, shapes and types, all finite; else ModelError, which calls the file name."""
    try:
        tensors = safetensors.torch.load(data)
    except SafetensorError as error:
        raise ModelError(f"{name}: not a safetensors file ({error}); fetch or train the model again") from error
    if missing := sorted(expected.keys() ^ tensors.keys()):
        raise ModelError(f"{name}: does not fit config.json, see {missing[0]}; fetch or train the model again")
    for key, tensor in tensors.items():
        if tensor.shape != expected[key].shape or tensor.dtype != expected[key].dtype:
            raise ModelError(
                f"{name}: {key} is {list(tensor.shape)} {tensor.dtype}, but config.json asks for "
                f"{list(expected[key].shape)} {expected[key].dtype}; fetch or train the model again"
            )
        if not torch.isfinite(tensor).all():
            raise ModelError(f"{name}: {key} has values that are not finite; fetch or train the model again")
    return tensors
