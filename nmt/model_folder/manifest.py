"""The manifest of a model folder: its parts with the file, size and sha256 of each.

It has a single valid form and contains its own sha256, so that any flipped bit in it is detected. It can only name
files of its own parts, not paths, links or devices.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from nmt.errors import ModelError

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"  # the folder in a run folder in which the translator's training saves what it goes on from
TAGGER_PREFIX = "tagger-"  # of what the tagger's training keeps in the same run folder
CLASSIFIER_PREFIX = "classifier-"
HEAD_PREFIXES = (TAGGER_PREFIX, CLASSIFIER_PREFIX)
MAX_BYTES = 1 << 20
MAX_PART_BYTES = 4 << 30

_SUFFIXES = r"(\.[a-z0-9][a-z0-9_-]{0,15}){1,3}"
_PART_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}" + _SUFFIXES)
# Digits of the sha256 in a file's name: 8 would suffice against chance, but "notes-20240101.txt" has as many.
_DIGITS = 16
PART_FILE = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,63}}-[0-9a-f]{{{_DIGITS}}}" + _SUFFIXES)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Part:
    """The file of a part, and the size and sha256 that it must have."""

    file: str
    size: int
    sha256: str


def describe(name: str, data: bytes) -> Part:
    """The entry for a part of this name and content. Raises ModelError if the name is invalid or the part too large."""
    if not _PART_NAME.fullmatch(name):
        raise ModelError(f"{name[:80]!a} cannot name a part of a model: use small letters, digits, and a suffix")
    if len(data) > MAX_PART_BYTES:
        raise ModelError(f"{name} has {len(data):,} bytes; a part of a model has at most {MAX_PART_BYTES:,}")
    sha256 = hashlib.sha256(data).hexdigest()
    return Part(file=_file_name(name, sha256), size=len(data), sha256=sha256)


def parts_to_manifest(parts: Mapping[str, Part]) -> bytes:
    """The manifest in its only valid form, with its own sha256."""
    content: dict[str, object] = {
        "format_version": FORMAT_VERSION,
        "parts": {n: {"file": p.file, "sha256": p.sha256, "size": p.size} for n, p in parts.items()},
    }
    return _canonical(content | {"sha256": hashlib.sha256(_canonical(content)).hexdigest()})


def manifest_to_parts(data: bytes, path: Path) -> dict[str, Part]:
    """The parts that a manifest lists. Raises ModelError if it is damaged or of another format version."""
    try:
        content = json.loads(data.decode("ascii"))
        canonical = _canonical(content)
    except (ValueError, RecursionError):
        refuse(path, "it is not JSON")
    if not isinstance(content, dict) or canonical != data:
        refuse(path, "it is not in the form in which it was written")
    listed_sum = content.pop("sha256", None)
    if listed_sum != hashlib.sha256(_canonical(content)).hexdigest():
        refuse(path, "its content does not match its own sha256")
    version = content.get("format_version")
    if type(version) is not int:
        refuse(path, "it has no format version")
    if version != FORMAT_VERSION:
        then = (
            "upgrade nmt" if version > FORMAT_VERSION else "use the older nmt that wrote it, or train the model again"
        )
        raise ModelError(f"{path}: has format version {str(version)[:20]}, and this nmt reads {FORMAT_VERSION}: {then}")
    if content.keys() != {"format_version", "parts"} or not isinstance(content["parts"], dict):
        refuse(path, "it does not have the fields of a manifest")
    return {name: _parse_part(name, entry, path) for name, entry in content["parts"].items()}


def refuse(path: Path, why: str) -> NoReturn:
    """Raise the ModelError of a damaged file."""
    raise ModelError(f"{path}: is damaged: {why}; copy the model again, or train it again")


def _canonical(content: object) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True).encode("ascii") + b"\n"


def _parse_part(name: str, entry: object, path: Path) -> Part:
    if not _PART_NAME.fullmatch(name):
        refuse(path, f"it lists the name {name[:80]!a}, which is not the name of a part")
    if not isinstance(entry, dict) or entry.keys() != {"file", "sha256", "size"}:
        refuse(path, f"its entry for {name} is not a file, a sha256 and a size")
    size, sha256 = entry["size"], entry["sha256"]
    if type(size) is not int or not 0 <= size <= MAX_PART_BYTES:
        refuse(path, f"the size of {name} is not a number of bytes up to {MAX_PART_BYTES:,}")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        refuse(path, f"the sha256 of {name} is not one")
    if entry["file"] != _file_name(name, sha256):
        refuse(path, f"{name} is not in the file of its name and sha256")
    return Part(file=_file_name(name, sha256), size=size, sha256=sha256)


def _file_name(name: str, sha256: str) -> str:
    """translator.safetensors → translator-3f2a9c1d5e6b7a80.safetensors."""
    stem, _, suffix = name.partition(".")
    return f"{stem}-{sha256[:_DIGITS]}.{suffix}"
