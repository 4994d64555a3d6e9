"""How torch computes during training: memory, threads, number formats and random seeds."""

import ctypes
import os
import sys
from typing import Literal

import torch

from nmt.threads import default_threads

Precision = Literal["auto", "bfloat16", "float32"]  # auto: bfloat16 where the hardware multiplies such numbers

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # from malloc.h


def configure_torch(threads: int) -> None:
    """Set what training depends on for its speed and its size; 0 threads means all. Call it before the first batch."""
    keep_freed_memory()
    set_onednn_cache()
    torch.set_num_threads(threads or default_threads())


def keep_freed_memory() -> None:
    """Tell glibc to reuse large blocks instead of giving each back to the system; elsewhere nothing happens.

    By default every tensor above 32 MB is faulted in page by page at every update, which costs a third of the time.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
            libc.mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)


def set_onednn_cache() -> None:
    """Set how many matrix products oneDNN and torch keep compiled, one for each shape; call it before the first.

    To compile one takes milliseconds and up to a megabyte. The batches of an epoch need one or two thousand, the same
    ones in every epoch; with oneDNN's own limit of 1,024 many are compiled anew each time (docs/speed.md). torch keeps
    as many once more, which saves no time and takes hundreds of megabytes.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")
    os.environ.setdefault("LRU_CACHE_CAPACITY", "64")


def seed_torch(seed: int) -> None:
    """Seed torch with an integer of any size; torch itself takes none of more than 64 bits."""
    torch.manual_seed(seed % 2**64)


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
