"""`nmt check`: verify every byte of a model folder, then describe it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.decoding.classifier import load_classifier
from nmt.decoding.language_model import load_language_model
from nmt.decoding.model import load_translator
from nmt.decoding.tagger import load_tagger
from nmt.engines.int8 import weight_levels
from nmt.errors import ModelError
from nmt.io.lines import read_file
from nmt.model_folder.arrays import parse
from nmt.model_folder.contents import int8_parts, open_model
from nmt.model_folder.descriptions import read_object
from nmt.model_folder.manifest import CHECKPOINT, HEAD_PREFIXES, Part
from nmt.model_folder.parts import (
    CLASSIFIER_DESCRIPTION,
    DESCRIPTION,
    INT8,
    LANGUAGE_MODEL_DESCRIPTION,
    TAGGER_DESCRIPTION,
    TRANSLATOR,
)
from nmt.model_folder.store import ModelFolder, exists, open_folder

_ANEW = "fetch or train the model again"


@dataclass(frozen=True, kw_only=True)
class ModelReport:
    """What a sound model folder contains."""

    path: Path
    format_version: int
    parts: Mapping[str, Part]
    parameters: Mapping[str, int]  # number of parameters in each part with weights
    description: Mapping[str, Any]  # config.json or language-model.json, unchanged
    tagger: Mapping[str, Any] | None  # tagger.json, unchanged, if there is a tagger
    classifier: Mapping[str, Any] | None  # classifier.json, likewise
    checkpoint: Mapping[str, Part]  # the parts of the checkpoint, empty if there is none
    checkpoint_update: int | None  # the update of the checkpoint, if it records one
    last_log: Mapping[str, Any] | None  # the last report in train.jsonl


def check(path: Path) -> ModelReport:
    """Check every part of the model folder at path and of its checkpoints, and describe them.

    A part passes if its size and sha256 are those listed, and if it can be loaded: the translator, the engine, the
    heads and the checkpoints are. Raises ModelError at the first part that does not pass.
    """
    folder = open_folder(path)
    folder.verify()
    if folder.has(LANGUAGE_MODEL_DESCRIPTION):
        load_language_model(path)
    whole = LANGUAGE_MODEL_DESCRIPTION if folder.has(LANGUAGE_MODEL_DESCRIPTION) else DESCRIPTION
    description = read_object(folder, whole, "train the model again")
    if folder.has(TRANSLATOR):
        load_translator([path], engine="torch")
    if folder.has(INT8):
        load_translator([path], engine="onnx")
    if folder.has(INT8) and folder.has(TRANSLATOR):
        _check_engine(path, folder)
    tagger = None
    if folder.has(TAGGER_DESCRIPTION):
        load_tagger(path)
        tagger = read_object(folder, TAGGER_DESCRIPTION, "train the tagger again")
    classifier = None
    if folder.has(CLASSIFIER_DESCRIPTION):
        load_classifier(path)
        classifier = read_object(folder, CLASSIFIER_DESCRIPTION, "train the classifier again")
    checkpoint, update = _inspect_checkpoint(path, CHECKPOINT)
    for prefix in HEAD_PREFIXES:
        _inspect_checkpoint(path, f"{prefix}{CHECKPOINT}")
    return ModelReport(
        path=path,
        format_version=folder.format_version,
        parts=folder.parts,
        parameters=_count_parameters(folder),
        description=description,
        tagger=tagger,
        classifier=classifier,
        checkpoint=checkpoint,
        checkpoint_update=update,
        last_log=_last_report(path / "train.jsonl"),
    )


def _check_engine(path: Path, folder: ModelFolder) -> None:
    """Raise ModelError unless the engine is what an export of the weights as trained makes."""
    from nmt.engines.export import int8_of  # here, as a small copy is checked without torch

    opened = open_model(path)
    if folder.read(INT8) != int8_parts(int8_of(opened, levels=weight_levels(opened.int8)))[INT8]:
        raise ModelError(
            f"{path}: {INT8} does not belong to {TRANSLATOR}; make it again with nmt export --model {path}"
        )


def _inspect_checkpoint(run: Path, name: str) -> tuple[Mapping[str, Part], int | None]:
    if not exists(run / name):
        return {}, None
    from nmt.training.checkpoint import load_checkpoint  # here, as it loads torch

    folder = open_folder(run / name)
    folder.verify()
    found = load_checkpoint(run, name)
    numbers = found[1].get("state") if found else None
    return folder.parts, numbers.get("update") if isinstance(numbers, dict) else None


def _count_parameters(folder: ModelFolder) -> dict[str, int]:
    names = [name for name in folder.parts if name.endswith(".safetensors")]
    return {
        name: sum(a.size for a in parse(folder.read(name), str(folder.path / name), _ANEW).values()) for name in names
    }


def _last_report(log: Path) -> dict[str, Any] | None:
    """The last complete line of the log; a kill may have cut the very last one short."""
    last = None
    for line in read_file(log) if log.is_file() else ():
        try:
            report = json.loads(line)
        except (ValueError, RecursionError):
            continue
        last = report if isinstance(report, dict) else last
    return last
