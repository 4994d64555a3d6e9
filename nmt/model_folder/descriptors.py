"""Files in an open folder, as model folders need them: no link is followed, no FIFO waited for, no write left unsynced.

A folder is named by its descriptor, so that a rename of its path cannot mix two folders.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from nmt.errors import ModelError
from nmt.model_folder.manifest import refuse

_OPEN_TO_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OPEN_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK = 1 << 26  # bytes


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open the folder at path. Raises ModelError if there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be opened as a model folder: {reason(error)}; name one that nmt train made"
        ) from error
    try:
        yield descriptor
    finally:
        close([descriptor])


def open_regular(folder: int, path: Path, file: str, size: int | None = None) -> int:
    """Open a file in the folder at path, of the given size if any.

    Raises FileNotFoundError if it is not there, and ModelError for links, FIFOs, devices and folders.
    """
    try:
        descriptor = os.open(file, _OPEN_TO_READ, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno == errno.ELOOP:
            refuse(path / file, "it is a link, not a file")
        if error.errno == errno.ENXIO:
            refuse(path / file, "it is not a regular file")
        raise ModelError(f"{path / file}: cannot be opened: {reason(error)}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            refuse(path / file, "it is not a regular file")
        if size is not None and status.st_size != size:
            refuse(path / file, f"it has {status.st_size:,} bytes where {size:,} are listed")
    except BaseException:
        close([descriptor])
        raise
    return descriptor


def read_all(descriptor: int, size: int) -> bytes:
    """Read up to size bytes from the start of a file, independently of the descriptor's position."""
    chunks, position = [], 0
    while chunk := os.pread(descriptor, min(size - position, _CHUNK), position):
        chunks.append(chunk)
        position += len(chunk)
    return b"".join(chunks)


def write_new(folder: int, file: str, data: bytes) -> None:
    """Write a new file and wait until it is on disk; its mode follows the umask."""
    descriptor = os.open(file, _OPEN_TO_WRITE, 0o666, dir_fd=folder)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest[:_CHUNK]) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def close(descriptors: Iterable[int]) -> None:
    """Close files that were only read; errors are ignored, since nothing can be lost."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def reason(error: Exception) -> str:
    """What went wrong, as the system says it."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
