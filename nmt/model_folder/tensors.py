"""Named torch tensors as safetensors, exact to the last bit; loading runs no code."""

from collections.abc import Mapping

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from nmt.errors import ModelError


def to_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """The tensors as bytes, which depend on names and values alone. Raises ModelError if one is not finite."""
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


def parse(data: bytes, name: str) -> dict[str, Tensor]:
    """The tensors in data. Raises ModelError, with the file's name, if it is not safetensors."""
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:  # KeyError: a type that torch lacks
        why = " ".join(str(error).split())[:200]
        raise ModelError(f"{name}: not a safetensors file ({why}); fetch or train the model again") from error
