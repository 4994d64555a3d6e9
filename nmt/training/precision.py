"""The numbers that training computes in."""

import torch

from nmt.training.config import Precision


def autocast(precision: Precision, device: torch.device) -> torch.autocast:
    """A context in which matrix products are computed in the precision asked for; weights stay in float32."""
    return torch.autocast(
        device.type, torch.bfloat16, enabled=precision == "bfloat16" or (precision == "auto" and _multiplies(device))
    )


def _multiplies(device: torch.device) -> bool:
    """Whether the hardware multiplies numbers in bfloat16."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
