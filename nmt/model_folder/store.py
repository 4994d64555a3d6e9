"""The only access to model folders: named parts in one folder, saved all or nothing, and checked at each read.

Every part is in a file named after its content ("translator-3f2a9c1d5e6b7a80.safetensors"), so that a new version never
overwrites an old one. manifest.json lists them and is renamed into place last: a save takes effect at that rename. A
kill or a power cut before it leaves the old model, after it the new one. Only what the manifest lists is loaded.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nmt.errors import ModelError
from nmt.io.files import sync_folder
from nmt.model_folder.descriptors import close, open_regular, opened, read_all, reason, write_new
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

_BACKUP = f".{MANIFEST}.old.tmp"
_TEMPORARY = re.compile(rf"\.({PART_FILE.pattern}|manifest\.json(\.old)?)\.tmp")


@dataclass(frozen=True, kw_only=True)
class ModelFolder:
    """A model folder as it was when opened: the files are held open, so that a later save never mixes two models."""

    path: Path
    parts: Mapping[str, Part]
    format_version: int
    _descriptors: Mapping[str, int] = field(repr=False, compare=False)
    _sound: set[str] = field(default_factory=set, repr=False, compare=False)  # parts that were read

    def __post_init__(self) -> None:
        weakref.finalize(self, close, list(self._descriptors.values()))

    def has(self, name: str) -> bool:
        """Whether the folder lists a part of this name."""
        return name in self.parts

    def part(self, name: str) -> Part:
        """The file, size and sha256 of a part. Raises ModelError if it is not listed."""
        if name not in self.parts:
            raise ModelError(f"{self.path}: has no {name}, only {', '.join(sorted(self.parts)) or 'an empty list'}")
        return self.parts[name]

    def read(self, name: str) -> bytes:
        """Return the bytes of a part. Raises ModelError if it is not listed, or differs from what the manifest says."""
        part = self.part(name)
        try:
            data = read_all(self._descriptors[name], part.size)
        except OSError as error:
            raise ModelError(f"{self.path / part.file}: cannot be read: {reason(error)}") from error
        if hashlib.sha256(data).hexdigest() != part.sha256:
            refuse(self.path / part.file, "its sha256 is not the one listed")
        self._sound.add(name)
        return data

    def verify(self) -> None:
        """Read every part that has not been read yet. Raises ModelError at the first damaged one."""
        for name in [name for name in self.parts if name not in self._sound]:
            self.read(name)


def exists(path: Path) -> bool:
    """Whether a model has been saved at path; a save that was killed before its end does not count."""
    return os.path.lexists(path / MANIFEST)


def open_folder(path: Path) -> ModelFolder:
    """Open the model at path. Raises ModelError unless the manifest is valid and every file has its type and size."""
    while True:
        with opened(path) as folder, _opened_manifest(folder, path) as manifest:
            try:
                return _open_parts(folder, path, _read_manifest(manifest, path))
            except ModelError:
                # A save may have replaced the files between our two steps; then the manifest is another file.
                if _is_manifest(folder, manifest):
                    raise


def save(path: Path, parts: Mapping[str, bytes]) -> None:
    """Make parts the content of the model folder at path. Raises ModelError, and changes nothing, on failure."""
    _commit(path, parts, keep_others=False)


def update(path: Path, parts: Mapping[str, bytes]) -> None:
    """Add or replace parts of the model at path. Raises ModelError, and changes nothing, on failure."""
    _commit(path, parts, keep_others=True)


# Reading


def _open_parts(folder: int, path: Path, manifest: bytes) -> ModelFolder:
    """Open every part that a manifest lists. Raises ModelError if one is missing or has another size."""
    parts = manifest_to_parts(manifest, path / MANIFEST)
    descriptors: dict[str, int] = {}
    try:
        for name, part in parts.items():
            descriptors[name] = _open_part(folder, path, part)
    except ModelError:
        close(descriptors.values())
        raise
    return ModelFolder(path=path, parts=parts, format_version=FORMAT_VERSION, _descriptors=descriptors)


def _open_part(folder: int, path: Path, part: Part) -> int:
    try:
        return open_regular(folder, path, part.file, part.size)
    except FileNotFoundError:
        refuse(path / part.file, "it is listed but missing")


@contextlib.contextmanager
def _opened_manifest(folder: int, path: Path) -> Iterator[int]:
    """The manifest, held open, so that no other file can get its inode."""
    try:
        descriptor = open_regular(folder, path, MANIFEST)
    except FileNotFoundError as error:
        if exists(path / CHECKPOINT):
            raise ModelError(f"{path}: training; the first model comes after {_first_validation(path)}") from error
        raise ModelError(f"{path}: is not a model folder: it has no {MANIFEST}; train a model into it") from error
    try:
        yield descriptor
    finally:
        close([descriptor])


def _is_manifest(folder: int, descriptor: int) -> bool:
    """Whether the open file is still the manifest. Its bytes cannot tell: a model may be saved again."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(MANIFEST, dir_fd=folder, follow_symlinks=False))
    except FileNotFoundError:
        return False


def _read_manifest(descriptor: int, path: Path) -> bytes:
    """The bytes of the manifest; no more are read than a manifest may have."""
    try:
        data = read_all(descriptor, MAX_BYTES + 1)
    except OSError as error:
        raise ModelError(f"{path / MANIFEST}: cannot be read: {reason(error)}") from error
    if len(data) > MAX_BYTES:
        refuse(path / MANIFEST, f"it is larger than {MAX_BYTES:,} bytes")
    return data


def _first_validation(run: Path) -> str:
    """When a training saves its first model, by its checkpoint."""
    try:
        every = json.loads(open_folder(run / CHECKPOINT).read("state.json"))["job"]["training.validate_every"]
    except (ModelError, ValueError, LookupError, TypeError, RecursionError):
        every = 0
    return f"update {every}" if every else "epoch 1"


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
        with opened(path) as folder:
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
            f"{path}: the model could not be saved: {reason(error)}; what was saved there before is unchanged"
        ) from error


def _make_folder(path: Path) -> None:
    """Create a folder and its parents, and sync each name to disk: a power cut must not lose a saved model."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        with opened(folder.parent) as parent:
            sync_folder(parent)


def _read_old_manifest(folder: int, path: Path, *, required: bool) -> bytes | None:
    """The manifest before a save; None if there is none. Raises ModelError if one is required and there is none."""
    try:
        os.stat(MANIFEST, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if not required:
            return None
    with _opened_manifest(folder, path) as manifest:
        return _read_manifest(manifest, path)


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
        write_new(folder, _temporary(part.file), new[name])
        os.rename(_temporary(part.file), part.file, src_dir_fd=folder, dst_dir_fd=folder)
    if old_manifest is not None:
        write_new(folder, _BACKUP, old_manifest)
    write_new(folder, _temporary(MANIFEST), parts_to_manifest({**others, **described}))
    sync_folder(folder)  # the parts' names must be on disk before the manifest that lists them
    os.rename(_temporary(MANIFEST), MANIFEST, src_dir_fd=folder, dst_dir_fd=folder)
    try:
        sync_folder(folder)
    except OSError:
        # It is unknown whether the rename is on disk, so the save has failed: go back, without any new write.
        if old_manifest is None:
            os.unlink(MANIFEST, dir_fd=folder)
        else:
            os.rename(_BACKUP, MANIFEST, src_dir_fd=folder, dst_dir_fd=folder)
        raise


def _temporary(file: str) -> str:
    return f".{file}.tmp"


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
