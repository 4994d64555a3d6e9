"""What tests of folders share."""

import hashlib
import json
from pathlib import Path


def content(folder: Path) -> dict[str, bytes]:
    """Every regular file below folder, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def sign(manifest: dict[str, object]) -> bytes:
    """A manifest with the sha256 that fits what it says: what someone writes who means harm, or a later nmt."""

    def canonical(value: dict[str, object]) -> bytes:
        return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"

    unsigned = {key: value for key, value in manifest.items() if key != "sha256"}
    return canonical({**unsigned, "sha256": hashlib.sha256(canonical(unsigned)).hexdigest()})
