"""The only access to model folders: named parts in one folder, saved all or nothing, and checked at each read.

Every part is in a file named after its content ("translator-3f2a9c1d5e6b7a80.safetensors"), so that a new version never
overwrites an old one. manifest.json lists them and is renamed into place last: a save takes effect at that rename. A
kill or a power cut before it leaves the old model, after it the new one. Only what the manifest lists is loaded.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import stat
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nmt.errors import ModelError
from nmt.model_folder.manifest import (
    CHECKPOINT,
    FORMAT_VERSION,
    MANIFEST,
    MAX_BYTES,
    PART_FILE,
    Part,
    describe,
    manifest_to_parts,
    parts_to_manifest,
    refuse,
)

_LOCK = ".lock"
_BACKUP = f".{MANIFEST}.old.tmp"
_TEMPORARY = re.compile(rf"\.({PART_FILE.pattern}|manifest\.json(\.old)?)\.tmp")
_OPEN_TO_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # no link followed, no wait for a FIFO
_OPEN_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK = 1 << 26


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """A model folder as it was when opened: the files are held open, so that a later save never mixes two models."""

    path: Path
    parts: Mapping[str, Part]
    format_version: int
    _descriptors: Mapping[str, int] = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        weakref.finalize(self, _close_all, list(self._descriptors.values()))

    def has(self, name: str) -> bool:
        """Whether the folder lists a part of this name."""
        return name in self.parts

    def read(self, name: str) -> bytes:
        """Return the bytes of a part. Raises ModelError if it is not listed, or differs from what the manifest says."""
        if name not in self.parts:
            raise ModelError(f"{self.path}: has no {name}, only {', '.join(sorted(self.parts)) or 'an empty list'}")
        part = self.parts[name]
        try:
            data = _read_all(self._descriptors[name], part.size)
        except OSError as error:
            raise ModelError(f"{self.path / part.file}: cannot be read: {_reason(error)}") from error
        if hashlib.sha256(data).hexdigest() != part.sha256:
            refuse(self.path / part.file, "its sha256 is not the one listed")
        return data

    def verify(self) -> None:
        """Read every part. Raises ModelError at the first damaged one."""
        for name in self.parts:
            self.read(name)


def exists(path: Path) -> bool:
    """Whether a model has been saved at path; a save that was killed before its end does not count."""
    return os.path.lexists(path / MANIFEST)


def open_folder(path: Path) -> ModelFolder:
    """Open the model at path. Raises ModelError unless the manifest is valid and every file has its type and size."""
    while True:
        with _folder(path) as folder:
            manifest = _read_manifest(folder, path)
            try:
                return _open_parts(folder, path, manifest)
            except ModelError:
                # A save may have replaced the files between our two steps; then the manifest has changed: try again.
                if _read_manifest(folder, path) == manifest:
                    raise


def save(path: Path, parts: Mapping[str, bytes]) -> None:
    """Make parts the content of the model folder at path. Raises ModelError, and changes nothing, on failure."""
    _commit(path, parts, keep_others=False)


def update(path: Path, parts: Mapping[str, bytes]) -> None:
    """Add or replace parts of the model at path. Raises ModelError, and changes nothing, on failure."""
    _commit(path, parts, keep_others=True)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Lock the folder at path for training. Raises ModelError if another process holds the lock; a kill frees it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = _take_lock(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be locked for training: {_reason(error)}; choose another folder") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path / _LOCK)  # noqa: PTH108 - while we still hold it: see _take_lock
        os.close(descriptor)


# Reading


def _open_parts(folder: int, path: Path, manifest: bytes) -> ModelFolder:
    """Open every part that a manifest lists. Raises ModelError if one is missing or has another size."""
    parts = manifest_to_parts(manifest, path / MANIFEST)
    descriptors: dict[str, int] = {}
    try:
        for name, part in parts.items():
            descriptors[name] = _open_regular(folder, path, part.file, part.size)
    except ModelError:
        _close_all(descriptors.values())
        raise
    return ModelFolder(path=path, parts=parts, format_version=FORMAT_VERSION, _descriptors=descriptors)


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[int]:
    """Open the folder itself: files are opened relative to it, so that a rename of path cannot mix two folders."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be opened as a model folder: {_reason(error)}; name one that nmt train made"
        ) from error
    try:
        yield descriptor
    finally:
        _close(descriptor)


def _open_regular(folder: int, path: Path, file: str, size: int | None = None) -> int:
    """Open a file in a folder, of the given size if any. Raises ModelError for links, FIFOs, devices and folders."""
    try:
        descriptor = os.open(file, _OPEN_TO_READ, dir_fd=folder)
    except FileNotFoundError as error:
        if file == MANIFEST:
            if exists(path / CHECKPOINT):
                raise ModelError(f"{path}: training; the first model comes after {_first_validation(path)}") from error
            raise ModelError(f"{path}: is not a model folder: it has no {MANIFEST}; train a model into it") from error
        refuse(path / file, "it is listed but missing")
    except OSError as error:
        if error.errno == errno.ELOOP:
            refuse(path / file, "it is a link, not a file")
        if error.errno == errno.ENXIO:
            refuse(path / file, "it is not a regular file")
        raise ModelError(f"{path / file}: cannot be opened: {_reason(error)}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            refuse(path / file, "it is not a regular file")
        if size is not None and status.st_size != size:
            refuse(path / file, f"it has {status.st_size:,} bytes where {size:,} are listed")
    except BaseException:
        _close(descriptor)
        raise
    return descriptor


def _first_validation(run: Path) -> str:
    """When a training saves its first model, by its checkpoint."""
    try:
        every = json.loads(open_folder(run / CHECKPOINT).read("state.json"))["job"]["training.validate_every"]
    except (ModelError, ValueError, LookupError, TypeError, RecursionError):
        every = 0
    return f"update {every}" if every else "epoch 1"


def _read_manifest(folder: int, path: Path) -> bytes:
    """The bytes of the manifest; no more are read than a manifest may have."""
    descriptor = _open_regular(folder, path, MANIFEST)
    try:
        data = _read_all(descriptor, MAX_BYTES + 1)
    except OSError as error:
        raise ModelError(f"{path / MANIFEST}: cannot be read: {_reason(error)}") from error
    finally:
        _close(descriptor)
    if len(data) > MAX_BYTES:
        refuse(path / MANIFEST, f"it is larger than {MAX_BYTES:,} bytes")
    return data


def _read_all(descriptor: int, size: int) -> bytes:
    """Read up to size bytes from the start of the file, independently of the descriptor's position."""
    chunks, position = [], 0
    while chunk := os.pread(descriptor, min(size - position, _CHUNK), position):
        chunks.append(chunk)
        position += len(chunk)
    return b"".join(chunks)


# Writing


def _commit(path: Path, new: Mapping[str, bytes], *, keep_others: bool) -> None:
    """Save all of new, or nothing: the save takes effect when _write_model renames the manifest.

    A lock on the folder itself serialises concurrent saves. On success and on failure, all part files are removed that
    the manifest then on disk does not list, so that the old model's files go only when the new model is in place. After
    a kill, the next save removes them. Raises ModelError with the old model in place.
    """
    described = {name: describe(name, data) for name, data in new.items()}
    try:
        _make_folder(path)
        with _folder(path) as folder:
            with contextlib.suppress(OSError):  # some network file systems cannot lock a folder
                fcntl.flock(folder, fcntl.LOCK_EX)  # concurrent saves wait for each other
            old_manifest = _read_old_manifest(folder, path, required=keep_others)
            others = manifest_to_parts(old_manifest, path / MANIFEST) if keep_others and old_manifest else {}
            _remove_leftovers(folder, path)
            try:
                _write_model(folder, described, new, others, old_manifest)
            finally:
                _remove_leftovers(folder, path)
    except OSError as error:
        raise ModelError(
            f"{path}: the model could not be saved: {_reason(error)}; what was saved there before is unchanged"
        ) from error


def _make_folder(path: Path) -> None:
    """Create a folder and its parents, and sync each name to disk: a power cut must not lose a saved model."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        with _folder(folder.parent) as parent:
            _sync_folder(parent)


def _read_old_manifest(folder: int, path: Path, *, required: bool) -> bytes | None:
    """The manifest before a save; None if there is none. Raises ModelError if one is required and there is none."""
    try:
        os.stat(MANIFEST, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if not required:
            return None
    return _read_manifest(folder, path)


def _write_model(
    folder: int,
    described: Mapping[str, Part],
    new: Mapping[str, bytes],
    others: Mapping[str, Part],
    old_manifest: bytes | None,
) -> None:
    """Write new parts, then the manifest that lists them and others. Raises OSError with the old manifest in place.

    Every file is synced to disk under a temporary name before it is renamed, and every part before the manifest. The
    old manifest is kept under a third name until the new one's name is on disk: going back must not need disk space.
    """
    for name, part in described.items():
        _write(folder, _temporary(part.file), new[name])
        os.rename(_temporary(part.file), part.file, src_dir_fd=folder, dst_dir_fd=folder)
    if old_manifest is not None:
        _write(folder, _BACKUP, old_manifest)
    _write(folder, _temporary(MANIFEST), parts_to_manifest({**others, **described}))
    _sync_folder(folder)  # the parts' names must be on disk before the manifest that lists them
    os.rename(_temporary(MANIFEST), MANIFEST, src_dir_fd=folder, dst_dir_fd=folder)
    try:
        _sync_folder(folder)
    except OSError:
        # It is unknown whether the rename is on disk, so the save has failed: go back, without any new write.
        if old_manifest is None:
            os.unlink(MANIFEST, dir_fd=folder)
        else:
            os.rename(_BACKUP, MANIFEST, src_dir_fd=folder, dst_dir_fd=folder)
        raise


def _write(folder: int, file: str, data: bytes) -> None:
    """Write a new file and wait until it is on disk; its mode follows the umask."""
    descriptor = os.open(file, _OPEN_TO_WRITE, 0o666, dir_fd=folder)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest[:_CHUNK]) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _temporary(file: str) -> str:
    return f".{file}.tmp"


def _sync_folder(folder: int) -> None:
    """Wait until the names in a folder are on disk."""
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):  # file systems that cannot sync a folder raise these
            raise


def _remove_leftovers(folder: int, path: Path) -> None:
    """Remove what killed or failed saves, and the one just done, left behind; unrelated files stay."""
    try:
        manifest = _read_old_manifest(folder, path, required=False)
        listed = {part.file for part in manifest_to_parts(manifest, path).values()} if manifest is not None else set()
        leftover = re.compile(f"{PART_FILE.pattern}|{_TEMPORARY.pattern}")
    except (ModelError, OSError):  # files that a damaged manifest listed may still be rescued
        listed, leftover = set(), _TEMPORARY
    with contextlib.suppress(OSError):
        for file in os.listdir(folder):
            if leftover.fullmatch(file) and file not in listed:
                with contextlib.suppress(OSError):  # the next save tries again
                    os.unlink(file, dir_fd=folder)


# Locking, closing, saying why


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
                f"{path}: another training process is writing here ({who}); wait for it or choose another folder"
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


def _close_all(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        _close(descriptor)


def _close(descriptor: int) -> None:
    """Close a file that was only read; errors are ignored, since nothing can be lost."""
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
