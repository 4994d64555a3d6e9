"""The training log: train.jsonl, and TensorBoard's files if it is installed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nmt.io.lines import read_file, write_file

LOG = "train.jsonl"


class TrainingLog:
    """Appends reports to train.jsonl in a run folder; resumed training first drops those after its checkpoint.

    update is that of the checkpoint, validated that of the last validation it knows of, the same or an earlier one. The
    prefix distinguishes the logs of several training runs in one folder.
    """

    def __init__(self, run: Path, update: int, validated: int, prefix: str = "") -> None:
        self._path = run / f"{prefix}{LOG}"
        if self._path.exists():
            lines = read_file(self._path)
            kept = [line for line in lines if _update_of(line) <= (validated if '"valid_' in line else update)]
            write_file(self._path, kept)
        self._board = _tensorboard(run / f"{prefix}tensorboard", update)

    def write(self, report: Mapping[str, float | int]) -> None:
        """Append one report, which must have the key `update`."""
        with self._path.open("ab") as file:
            file.write(json.dumps(report).encode() + b"\n")
        if self._board is not None:
            for name, value in report.items():
                self._board.add_scalar(name, value, report["update"])
            self._board.flush()  # by default it writes every two minutes, and loses the rest at exit


def _update_of(line: str) -> float:
    """The update of a logged line; infinity for one that a crash cut short."""
    try:
        return float(json.loads(line)["update"])
    except (ValueError, KeyError, TypeError):
        return float("inf")


def _tensorboard(folder: Path, update: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:  # the extra [tensorboard] is not installed
        return None
    return SummaryWriter(str(folder), purge_step=update + 1)
