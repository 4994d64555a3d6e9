"""Checkpoints: what an exact resume needs, saved as a model folder of its own inside the run folder; no pickle."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from nmt import model_folder
from nmt.errors import ModelError
from nmt.models import weights

FOLDER = "checkpoint"  # of the translator's training
TAGGER_FOLDER = "tagger-checkpoint"


def save_checkpoint(run: Path, tensors: Mapping[str, Tensor], state: Mapping[str, Any], folder: str = FOLDER) -> None:
    """Save tensors and JSON values in RUN/FOLDER, all or nothing: they are always of one and the same update."""
    parts = {"tensors.safetensors": weights.to_bytes(tensors), "state.json": json.dumps(state).encode()}
    model_folder.save(run / folder, parts)


def load_checkpoint(run: Path, folder: str = FOLDER) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """What save_checkpoint saved, to the last bit; None if there is none, ModelError if it is damaged."""
    if not model_folder.exists(run / folder):
        return None
    saved = model_folder.open_folder(run / folder)
    tensors = weights.parse(saved.read("tensors.safetensors"), str(saved.path / "tensors.safetensors"))
    try:
        state = json.loads(saved.read("state.json"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{saved.path}: not a checkpoint ({error}); remove it to train from the start") from error
    if not isinstance(state, dict):
        raise ModelError(f"{saved.path}: state.json is not a JSON object; remove it to train from the start")
    return tensors, state
