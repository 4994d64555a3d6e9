"""What libraries below us keep in memory: settings that training depends on for its speed and its size."""

import ctypes
import os
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # from malloc.h


def keep_freed_memory() -> None:
    """Tell glibc to reuse large blocks instead of giving each back to the system; elsewhere nothing happens.

    By default every tensor above 32 MB is faulted in page by page at every update, which costs a third of the time.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(_M_MMAP_THRESHOLD, 1 << 30)
            libc.mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)


def cache_products() -> None:
    """Set how many matrix products oneDNN and torch keep compiled, one for each shape; call it before the first.

    To compile one takes milliseconds and up to a megabyte. The batches of an epoch need one or two thousand, the same
    ones in every epoch; with oneDNN's own limit of 1,024 many are compiled anew each time (docs/speed.md). torch keeps
    as many once more, which saves no time and takes hundreds of megabytes.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "4096")
    os.environ.setdefault("LRU_CACHE_CAPACITY", "64")
