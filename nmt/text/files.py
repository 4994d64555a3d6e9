"""Whole files of bytes: read through gzip where they are compressed, replaced completely or not at all."""

import gzip
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from nmt.errors import DataError

GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, through gzip if its first two bytes say so; what cannot be read is a DataError.

    Nothing is opened twice or sought in, so a FIFO such as a shell's <(command) will do.
    """
    try:
        with path.open("rb") as file:
            compressed = file.peek(2)[:2] == GZIP_MAGIC
            yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if compressed else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: the gzip data are cut short or damaged; make or fetch the file again") from error
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; check the path") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); check the file") from error


@contextmanager
def replacing(*paths: Path) -> Iterator[list[BinaryIO]]:
    """Yield one stream to write for each path; all take their places when the block ends, none if it fails.

    Everything is on the disk under temporary names beside the real ones before the first rename, so neither an
    error, a full disk nor a power cut harms what was there. Modes follow the umask; links are followed.
    """
    finals = [path.resolve() for path in paths]
    for path, final in zip(paths, finals, strict=True):
        if final.exists() and not final.is_file():
            raise DataError(f"{path}: is not a regular file; choose another name to write to")
    temporaries = [final.with_name(f".nmt-{secrets.token_hex(8)}.tmp") for final in finals]
    try:
        with ExitStack() as stack:
            files = [stack.enter_context(temporary.open("xb")) for temporary in temporaries]
            yield cast(list[BinaryIO], files)
            for file in files:
                file.flush()
                os.fsync(file.fileno())
        for temporary, final in zip(temporaries, finals, strict=True):
            temporary.replace(final)
        for folder in {final.parent for final in finals}:
            _sync_folder(folder)
    except OSError as error:
        names = ", ".join(map(str, paths))
        raise DataError(f"{names}: not written ({error.strerror or error}); make room or write elsewhere") from error
    finally:
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a folder's new names survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
