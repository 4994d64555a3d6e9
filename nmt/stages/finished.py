"""Trainings that are done: known at once when they are asked for again, without the libraries that training needs."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from nmt.config import Config
from nmt.io.files import sha256
from nmt.io.lines import read_file, write_file
from nmt.model_folder import store
from nmt.model_folder.manifest import CHECKPOINT, MANIFEST

RECORD = "finished.json"  # in the run folder, with the prefix that a tagger's training has


def digest(config: Config, files: Iterable[Path], *others: object) -> str:
    """What tells a training from others: its configuration, the content of the files that it reads, and others."""
    found = hashlib.sha256(json.dumps([asdict(config), *others]).encode())
    for file in files:
        found.update(sha256(file))
    return found.hexdigest()


def is_finished(run: Path, job: str, prefix: str = "") -> bool:
    """Whether the training of this digest was recorded as done, and nothing has gone on with it since."""
    record = run / f"{prefix}{RECORD}"
    return store.exists(run) and record.is_file() and list(read_file(record)) == [_record(run, job, prefix)]


def record_finished(run: Path, job: str, prefix: str = "") -> None:
    """Record that the training of this digest is done with the checkpoint that is there."""
    write_file(run / f"{prefix}{RECORD}", [_record(run, job, prefix)])


def _record(run: Path, job: str, prefix: str) -> str:
    manifest = run / f"{prefix}{CHECKPOINT}" / MANIFEST
    return json.dumps({"job": job, "checkpoint": sha256(manifest).hex() if manifest.is_file() else None})
