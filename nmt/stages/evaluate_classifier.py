"""`nmt evaluate-classifier`: how often a classifier is right, and how far its probabilities can be trusted."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nmt.data.labelled_lines import read_labelled
from nmt.decoding.classifier import load_classifier, probabilities, subwords
from nmt.decoding.model import EngineName
from nmt.errors import DataError
from nmt.metrics.classification import LabelScores, calibration_error, score_labels


@dataclass(frozen=True, kw_only=True)
class ClassifierEvaluation:
    """How well the labels of lines were found."""

    system: str
    references: Sequence[str]  # the corpora of labelled lines
    lines: int
    seconds: float  # that the classifier took, without loading it
    scores: LabelScores
    calibration_error: float  # in percent


def evaluate_classifier(
    *, model: Path, references: Sequence[str], device: str = "cpu", engine: EngineName = "auto"
) -> ClassifierEvaluation:
    """Score a classifier on labelled lines. Raises DataError for a label that it does not have."""
    loaded = load_classifier(model, device, engine)
    gold = read_labelled(references)
    numbers = {label: number for number, label in enumerate(loaded.labels)}
    if strange := sorted({line.label for line in gold} - numbers.keys()):
        raise DataError(
            f"{', '.join(references)}: the classifier has no label {strange[0]!r}, but {', '.join(loaded.labels)}; "
            "train with it, or leave it out"
        )
    started = time.perf_counter()
    found = probabilities(loaded, [subwords(loaded.tokenizer, line.text) for line in gold])
    seconds = time.perf_counter() - started
    labels = [loaded.labels[number] for number in found.argmax(axis=1)]
    return ClassifierEvaluation(
        system=str(model),
        references=references,
        lines=len(gold),
        seconds=seconds,
        scores=score_labels([line.label for line in gold], labels),
        calibration_error=calibration_error(found, np.array([numbers[line.label] for line in gold])),
    )
