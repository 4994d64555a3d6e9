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


def forget_rare_shapes() -> None:
    """Keep torch's own cache of matrix products, one for each shape, small; call it before the first of them.

    Batches have thousands of shapes. Every product of a new shape is compiled by oneDNN, and kept in two caches of 1024
    entries of up to a megabyte, oneDNN's and torch's: they, not tensors, are what makes a training grow from 1 to
    several GB (measured at 4096 subwords, H = 512: after 80 updates 890 MB are in use between updates, and more each
    update; with this 620 MB, and no more; with 32 entries in either cache 260 MB). torch's cache may be small at no
    cost in time, since oneDNN's finds the same again; oneDNN's may not (ONEDNN_PRIMITIVE_CACHE_CAPACITY, which is for
    users with little memory to set: 256 takes a tenth more time, 32 a quarter).
    """
    os.environ.setdefault("LRU_CACHE_CAPACITY", "64")
