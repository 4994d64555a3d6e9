"""Named tensors as bytes and back: safetensors, which runs no code, checked for names, shapes, types and finiteness."""

from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from nmt.errors import ModelError


def to_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """The tensors in a form that depends on their names and values alone; ModelError if one is not finite."""
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ModelError(
                f"{name} has values that are not finite, so it is not saved; the last saved model is unharmed; "
                "lower learning_rate or raise warmup"
            )
    # Copies, since safetensors refuses tensors that share memory (tied weights, views of one buffer).
    apart = {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format) for name, tensor in tensors.items()
    }
    return safetensors.torch.save(apart)


def from_bytes(data: bytes, expected: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Tensors of the names, shapes and types of expected, all finite; else ModelError, which calls the file name.

    Half precision will do for float32: small copies of models are saved so.
    """
    tensors = parse(data, name)
    if missing := sorted(expected.keys() - tensors.keys()):
        raise ModelError(f"{name}: lacks {missing[0]}, which config.json asks for; fetch or train the model again")
    if foreign := sorted(tensors.keys() - expected.keys()):
        raise ModelError(f"{name}: has {foreign[0][:80]!a}, unknown to config.json; fetch or train the model again")
    for key, tensor in tensors.items():
        types = {expected[key].dtype, *([torch.float16] if expected[key].dtype == torch.float32 else [])}
        if tensor.shape != expected[key].shape or tensor.dtype not in types:
            raise ModelError(
                f"{name}: {key} is {list(tensor.shape)} {tensor.dtype}, but config.json asks for "
                f"{list(expected[key].shape)} {expected[key].dtype}; fetch or train the model again"
            )
        if not torch.isfinite(tensor).all():
            raise ModelError(f"{name}: {key} has values that are not finite; fetch or train the model again")
    return tensors


def parse(data: bytes, name: str) -> dict[str, Tensor]:
    """The tensors in data, whatever they are, to the last bit; else ModelError, which calls the file name."""
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:  # KeyError: a type that torch lacks
        why = " ".join(str(error).split())[:200]
        raise ModelError(f"{name}: not a safetensors file ({why}); fetch or train the model again") from error
