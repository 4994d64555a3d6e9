"""Checkpoints: what an exact resume needs, saved as a model folder of its own inside the run folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from nmt import model_folder
from nmt.errors import ModelError
from nmt.models import weights

FOLDER = "checkpoint"


def save_checkpoint(run: Path, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Save tensors and JSON values as RUN/checkpoint, all or nothing."""
    parts = {"tensors.safetensors": weights.to_bytes(tensors), "state.json": json.dumps(state).encode()}
    model_folder.save(run / FOLDER, parts)


def load_checkpoint(run: Path) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """What save_checkpoint saved, to the last bit; None if there is none, ModelError if it is damaged."""
    if not model_folder.exists(run / FOLDER):
        return None
    folder = model_folder.open_folder(run / FOLDER)
    try:
        return safetensors.torch.load(folder.read("tensors.safetensors")), json.loads(folder.read("state.json"))
    except ValueError as error:
        raise ModelError(f"{folder.path}: not a checkpoint ({error}); remove it to train from the start") from error
