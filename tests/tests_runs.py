"""Trainings of the toy language, stopped where a test says, and what they end in."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from nmt.config import Config
from nmt.model_folder.store import open_folder
from nmt.stages.train import train as train_stage
from nmt.training.run import Progress


def train(
    toy_data: Path,
    config: Config,
    run: Path,
    stop_after: Callable[[Progress], bool] = lambda progress: False,
    stop_at: int | None = None,
) -> int:
    """Train until a report satisfies stop_after, or stop_at reports were made; returns the number of reports.

    Each update and each validation is reported.
    """
    seen: list[Progress] = []
    train_stage(
        config=config,
        data=toy_data,
        tokenizer=toy_data / "tokenizer.model",
        out=run,
        report=seen.append,
        stop=lambda: len(seen) == stop_at or stop_after(seen[-1]),
    )
    return len(seen)


def digest(run: Path) -> list[str]:
    """What a training ended in: the sha256 of the model's weights and of all that its checkpoint holds."""
    parts = [
        open_folder(run).read("translator.safetensors"),
        open_folder(run / "checkpoint").read("tensors.safetensors"),
        open_folder(run / "checkpoint").read("state.json"),
    ]
    return [hashlib.sha256(part).hexdigest() for part in parts]
