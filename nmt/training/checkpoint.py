"""Checkpoints: what exact resuming needs, saved as a model folder of its own inside the run folder; no pickle."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from nmt.errors import ConfigError
from nmt.model_folder import store
from nmt.model_folder import tensors as weights
from nmt.model_folder.descriptions import read_object
from nmt.model_folder.manifest import CHECKPOINT, HEAD_PREFIXES

HEAD_FOLDERS = tuple(f"{prefix}{CHECKPOINT}" for prefix in HEAD_PREFIXES)  # of trainings of a tagger or classifier

# What a user cannot read.
FINGERPRINTS = (
    "data and tokenizer",
    "validation pairs",
    "initial weights",
    "translator",
    "tagged sentences",
    "labelled lines",
    "translations",
)


def save_checkpoint(
    run: Path, tensors: Mapping[str, Tensor], state: Mapping[str, Any], folder: str = CHECKPOINT
) -> None:
    """Save tensors and JSON values in run/folder, all or nothing: they are always of one and the same update."""
    parts = {"tensors.safetensors": weights.to_bytes(tensors), "state.json": json.dumps(state).encode()}
    store.save(run / folder, parts)


def load_checkpoint(run: Path, folder: str = CHECKPOINT) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """What save_checkpoint saved, to the last bit; None if there is none. Raises ModelError if it is damaged."""
    if not store.exists(run / folder):
        return None
    saved = store.open_folder(run / folder)
    tensors = weights.parse(saved.read("tensors.safetensors"), str(saved.path / "tensors.safetensors"))
    return tensors, read_object(saved, "state.json", "remove it to train from the start")


def job_keys(**sections: Any) -> dict[str, Any]:
    """The settings in configuration dataclasses on which weights depend, by their full names: section.key."""
    return {
        f"{section}.{key}": value
        for section, config in sections.items()
        for key, value in asdict(config).items()
        if key not in ("save_every", "report_every")
    }


def require_same_job(before: Mapping[str, Any], now: Mapping[str, Any], begun: str, otherwise: str) -> None:
    """Raise ConfigError unless training has the identity that it was begun with, so that it gives the same weights."""
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key):
            if key in FINGERPRINTS:
                raise ConfigError(f"{begun} with other {key}; give the same again to resume, or {otherwise}")
            raise ConfigError(
                f"{begun} with {key} = {before.get(key)!r}, not {now.get(key)!r}; "
                f"change it back to resume, or {otherwise}"
            )
