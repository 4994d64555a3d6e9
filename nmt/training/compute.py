"""How torch computes during training: memory, threads, number formats and random seeds."""

import ctypes
import os
import sys
from typing import Literal

import torch

from nmt.threads import default_threads

Precision = Literal["auto", "bfloat16", "float32"]  # auto: bfloat16 if the hardware supports it

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # from malloc.h


def configure_torch(threads: int) -> None:
    """Configure torch for speed and memory; 0 threads means one per CPU. Call it before the first batch."""
    keep_freed_memory()
    set_onednn_cache()
    torch.set_num_threads(threads or default_threads())


def keep_freed_memory() -> None:
    """Tell glibc to reuse large blocks instead of returning them to the system; without glibc this does nothing.

    By default every tensor above 32 MB is faulted in page by page at every update, which costs a third of the time.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
            libc.mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)


def set_onednn_cache() -> None:
    """Set how many compiled matrix products oneDNN and torch cache, one for each shape; call it before the first one.

    Compiling one takes milliseconds and up to a megabyte. The batches of an epoch need one or two thousand, the same in
    every epoch; with oneDNN's default limit of 1,024 many are compiled again each time (docs/speed.md). torch has a
    cache of its own, which saves no time and takes hundreds of megabytes.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")
    os.environ.setdefault("LRU_CACHE_CAPACITY", "64")


def seed_torch(seed: int) -> None:
    """Seed torch with an integer of any size; torch itself accepts at most 64 bits."""
    torch.manual_seed(seed % 2**64)


def autocast(precision: Precision, device: torch.device) -> torch.autocast:
    """A context in which matrix products are computed in the given precision; weights stay in float32."""
    return torch.autocast(
        device.type, torch.bfloat16, enabled=precision == "bfloat16" or (precision == "auto" and _multiplies(device))
    )


def _multiplies(device: torch.device) -> bool:
    """Whether the hardware supports bfloat16 products."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
