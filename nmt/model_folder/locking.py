"""The lock of a run folder: one training at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from nmt.errors import ModelError
from nmt.model_folder.descriptors import reason

_LOCK = ".lock"


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Lock the folder at path for training. Raises ModelError if another process holds the lock; a kill frees it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = _take_lock(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be locked for training: {reason(error)}; choose another folder") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path / _LOCK)  # noqa: PTH108 - while we still hold it: see _take_lock
        os.close(descriptor)


def _take_lock(path: Path) -> int:
    """Create the lock file of a folder if necessary, lock it, and return it open. Raises ModelError if it is locked.

    The system frees the lock however its holder ends. The file tells people the holder's pid; a file without a lock on
    it means nothing. A holder unlinks the file before it frees the lock, so whoever gets the lock has to check that the
    file still has its name, and otherwise try again.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    while True:
        descriptor = os.open(path / _LOCK, flags, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A holder removes the file when it ends; if that was between our two calls, our file has no name.
            if _is_open_as(path / _LOCK, descriptor):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            who = f"pid {holder}" if holder.isdigit() else "another process"
            raise ModelError(
                f"{path}: another process is writing here ({who}); wait for it or choose another folder"
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_open_as(path: Path, descriptor: int) -> bool:
    """Whether path still names the open file."""
    try:
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
