"""Whole files of bytes: decompressed while reading if they are gzip files, and replaced completely or not at all."""

import errno
import fcntl
import gzip
import hashlib
import io
import os
import re
import secrets
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from nmt.errors import ConfigError, DataError

GZIP_MAGIC = b"\x1f\x8b"
STDIN, STDOUT = Path("/dev/stdin"), Path("/dev/stdout")  # for refuse_overwriting, which asks what lies behind them

_READ_AT_ONCE = 1 << 16  # bytes
_TEMPORARY = re.compile(r"\.nmt-[0-9a-f]{16}\.tmp")


@contextmanager
def open_bytes(path: Path, start: int = 0) -> Iterator[io.BufferedReader]:
    """Open a file for reading, through gzip if its first two bytes say so; what cannot be read is a DataError.

    The file is opened once and, unless it is to be read from a later byte on, never sought in, so a FIFO such as a
    shell's <(command) works.
    """
    with _told(path):
        file = path.open("rb")
    with file:
        with _told(path):
            compressed = file.peek(2)[:2] == GZIP_MAGIC
            opened = gzip.GzipFile(fileobj=file) if compressed else file
            if start:
                opened.seek(start)
        yield _telling(opened, path)


def standard_input() -> io.BufferedReader:
    """Stdin as a stream that raises DataError if it cannot be read."""
    buffer = sys.stdin.buffer
    # A thread that waits in sys.stdin's own buffer holds its lock, and Python would abort if it exits meanwhile.
    return _telling(getattr(buffer, "raw", buffer), "stdin")


def read_bytes(path: Path) -> bytes:
    """The content of a file, not decompressed. Raises DataError if it cannot be read."""
    with _told(path):
        return path.read_bytes()


def sha256(path: Path) -> bytes:
    """The digest of a file's decompressed content. Raises DataError if it cannot be read."""
    with open_bytes(path) as stream:
        digest = hashlib.sha256()
        while data := stream.read(_READ_AT_ONCE):
            digest.update(data)
        return digest.digest()


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise ConfigError if a file to write is one to read, or to be written twice, by whatever name or link; DataError
    if an input is missing.

    Nothing is opened. What is no regular file, such as a terminal or a FIFO, is not overwritten.
    """
    read = {}
    for path in inputs:
        with _told(path):
            read[_identity(path)] = path
    written = set()
    for output in outputs:
        final = os.path.realpath(output)
        if final in written:
            raise ConfigError(f"{output}: is named for two outputs; choose another for one of them")
        written.add(final)
        with suppress(OSError):  # what is not there cannot be an input
            identity = _identity(output)
            if identity is not None and identity in read:
                name = "" if read[identity] == output else f", as {read[identity]}"
                raise ConfigError(f"{output}: would overwrite what is read{name}; choose another output")


@contextmanager
def replacing(*paths: Path) -> Iterator[list[BinaryIO]]:
    """Yield one stream to write for each path; all files are replaced when the block ends, none if it fails.

    Everything is on disk under temporary names in the same folders before the first rename, so an error, a full disk or
    a power cut leaves the old files intact. Temporary files of killed processes are removed by the next process that
    writes into the folder. Modes follow the umask; links are followed.
    """
    finals = [Path(os.path.realpath(path)) for path in paths]  # Path.resolve() stumbles over links in a circle
    for path, final in zip(paths, finals, strict=True):
        if final.is_symlink():
            raise DataError(f"{path}: is a link that leads in a circle; choose another name to write to")
        if final.exists() and not final.is_file():
            raise DataError(f"{path}: is not a regular file; choose another name to write to")
    folders = {final.parent for final in finals}
    for folder in folders:
        _remove_leftovers(folder)
    temporaries: list[Path] = []
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(_create_beside(final, temporaries)) for final in finals]
            yield files
            for file in files:
                file.flush()
                os.fsync(file.fileno())
            for temporary, final in zip(temporaries, finals, strict=True):
                temporary.replace(final)  # while we hold its lock: see _remove_leftovers
        for folder in folders:
            with _opened(folder) as descriptor:
                sync_folder(descriptor)
    except OSError as error:
        names = ", ".join(map(str, paths))
        missing = next((path.parent for path in paths if not path.parent.exists()), None)
        advice = "free some space or write elsewhere" if missing is None else f"create {missing}, which is not there"
        raise DataError(f"{names}: not written ({error.strerror or error}); {advice}") from error
    finally:
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Create a folder and lock it for this process; others wait. The system frees the lock however the process ends.

    The lock is on the folder itself, so no lock file remains. On a file system without locks nobody waits.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(folder) as descriptor:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def sync_folder(folder: int) -> None:
    """Wait until the names in an open folder would survive a power cut, where the file system can sync folders."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):  # what file systems raise that cannot
            raise


def _identity(path: Path) -> tuple[int, int] | None:
    """What is the same for all names of a regular file; None for anything else."""
    descriptor = {STDIN: 0, STDOUT: 1}.get(path)
    status = path.stat() if descriptor is None else os.fstat(descriptor)
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


class _Telling(io.RawIOBase):
    """Wraps a stream so that its own errors, and no others, become DataErrors with its name."""

    def __init__(self, stream: Any, name: Path | str) -> None:
        self._read = getattr(stream, "read1", stream.read)  # returns what is available, without waiting for more
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _told(self._name):
            data = self._read(len(buffer))
            if data is None:  # BufferedReader would take it for the end of the stream
                raise BlockingIOError(errno.EAGAIN, "it is in non-blocking mode")
            buffer[: len(data)] = data
            return len(data)


def _telling(stream: Any, name: Path | str) -> io.BufferedReader:
    """A stream whose errors become DataErrors with its name."""
    return io.BufferedReader(_Telling(stream, name), _READ_AT_ONCE)


@contextmanager
def _told(name: Path | str) -> Iterator[None]:
    """Turn errors in opening and reading a file into a DataError with its name."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{name}: the gzip data are truncated or damaged; make or fetch the file again") from error
    except FileNotFoundError as error:
        raise DataError(f"{name}: no such file; check the path") from error
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror or error}); check the file") from error


def check_there(path: Path) -> None:
    """Raise DataError, as when it is opened, if a file or folder is missing or out of reach."""
    with _told(path):
        path.stat()


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _create_beside(final: Path, created: list[Path]) -> BinaryIO:
    """Create a file with a new name next to final, append it to created, and hold the file's lock until it is closed.

    The lock tells others that the file is being written; the system frees it however the process ends. Between creation
    and locking, the file looks like a leftover of a killed process and may be removed; then another name is tried.
    """
    while True:
        temporary = final.with_name(f".nmt-{secrets.token_hex(8)}.tmp")
        file = temporary.open("xb")
        created.append(temporary)
        with suppress(OSError):  # a file system without locks, where nobody can take our file for a leftover
            fcntl.flock(file, fcntl.LOCK_EX)
        if temporary.exists():
            return file
        created.remove(temporary)  # another process took it for a leftover before we had the lock
        file.close()


def _remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of killed processes: those that are not locked."""
    with suppress(OSError):  # an unreadable or read-only folder is reported when a file is created
        for path in filter(lambda path: _TEMPORARY.fullmatch(path.name), folder.iterdir()):
            with suppress(OSError):
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
                finally:
                    os.close(descriptor)
