"""Lines in, labels out: the probability of each label of a line.

Shapes: S source length, H hidden, L labels.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nmt.decoding.model import EngineName, onnx_encoder, usual_engine
from nmt.engines.base import Floats
from nmt.errors import ModelError
from nmt.model_folder.arrays import Arrays
from nmt.model_folder.contents import OpenedModel, load_weights, open_model
from nmt.model_folder.descriptions import described_in, read_classifier_description
from nmt.model_folder.parts import CLASSIFIER, CLASSIFIER_DESCRIPTION
from nmt.model_folder.schemas import classifier_schema
from nmt.text.tokenizer import Tokenizer
from nmt.threads import default_threads, in_threads

ROWS = 64  # lines read at once
SUBWORDS = 8192  # and at most so many subwords, padding included
LONGEST = 512  # subwords of a line that are read
LONGEST_TEXT = 8192  # characters that are cut into subwords

States = Callable[[Sequence[Sequence[int]]], list[Floats]]  # the encoder's states [S, H] of each sentence


@dataclass(frozen=True, kw_only=True)
class ClassificationModel:
    """What labels lines."""

    tokenizer: Tokenizer
    labels: Sequence[str]  # L of them
    temperature: float  # what scores are divided by (Guo et al., 2017)
    head: Arrays  # weights and biases: see nmt.models.classifier.ClassificationHead
    states: States
    workers: int = 1  # threads that may read at the same time


@dataclass(frozen=True, kw_only=True)
class ClassifiedLine:
    """A line, and the probability of each label; none for a line without anything to read."""

    line: str
    probabilities: Mapping[str, float]

    @property
    def label(self) -> str:
        """The most probable one; "" if there is none."""
        return max(self.probabilities, key=lambda label: self.probabilities[label], default="")


def classify_chunks(model: ClassificationModel, chunks: Iterable[Sequence[str]]) -> Iterator[ClassifiedLine]:
    """Label lines, a chunk at a time: one ClassifiedLine each, in order."""
    for lines in chunks:
        ids = [subwords(model.tokenizer, line) for line in lines]
        found = iter(probabilities(model, [each for each in ids if each]))
        for line, own in zip(lines, ids, strict=True):
            shares = next(found).tolist() if own else []
            yield ClassifiedLine(line=line, probabilities=dict(zip(model.labels, shares, strict=False)))


def subwords(tokenizer: Tokenizer, line: str) -> list[int]:
    """What is read of a line."""
    return tokenizer.encode(line[:LONGEST_TEXT])[:LONGEST]


def probabilities(model: ClassificationModel, sources: Sequence[Sequence[int]]) -> Floats:
    """The probability of each label for each line, [lines, L]."""
    scaled = label_scores(model, sources) / model.temperature
    shares = np.exp(scaled - scaled.max(axis=1, keepdims=True, initial=-np.inf))
    found: Floats = shares / shares.sum(axis=1, keepdims=True)
    return found


def label_scores(model: ClassificationModel, sources: Sequence[Sequence[int]]) -> Floats:
    """Scores [lines, L] of lines of one subword or more."""
    batches = list(_batches([len(source) for source in sources]))
    found = np.zeros((len(sources), len(model.labels)), np.float64)

    def score(batch: Sequence[int]) -> Floats:
        return np.stack([_head(model.head, own) for own in model.states([sources[place] for place in batch])])

    for batch, scores in zip(batches, in_threads(score, batches, model.workers), strict=True):
        found[batch] = scores
    return found


def _head(weights: Arrays, states: Floats) -> Floats:
    """The scores [L] of a line by its states [S, H]: by itself, so that no bit of them depends on other lines."""
    read = np.concatenate([states.mean(axis=0, dtype=np.float32), states.max(axis=0)])
    hidden = np.tanh(weights["hidden.weight"] @ read + weights["hidden.bias"])
    scores: Floats = weights["emit.weight"] @ hidden + weights["emit.bias"]
    return scores


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of lines to read at the same time, the longest first."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index], reverse=True)
    while order:
        rows = max(1, min(ROWS, SUBWORDS // (lengths[order[0]] + 1)))
        yield order[:rows]
        order = order[rows:]


def load_classifier(path: Path, device: str = "cpu", engine: EngineName = "auto") -> ClassificationModel:
    """Open a model folder for labelling lines. Raises ModelError for one that is damaged or has no classifier.

    By default the engine is onnx on a CPU if the folder has the translator's int8 weights, else torch.
    """
    model = open_model(path)
    if not model.folder.has(CLASSIFIER_DESCRIPTION):
        raise ModelError(f"{path}: has no classifier; train one with nmt train-classifier --model {path}")
    description = read_classifier_description(model.folder)
    if engine == "auto":
        engine = usual_engine([model.folder], device)
    with described_in(model.folder, CLASSIFIER_DESCRIPTION):
        schema = classifier_schema(description, model.description["model"])
    return ClassificationModel(
        tokenizer=model.source_tokenizer,
        labels=description["labels"],
        temperature=description["temperature"],
        head=load_weights(model.folder, CLASSIFIER, schema),
        states=(onnx_encoder if engine == "onnx" else _torch_states)(model, device),
        workers=default_threads() if engine == "onnx" else 1,
    )


def _torch_states(model: OpenedModel, device: str) -> States:
    from nmt.engines.networks import load_network  # here, since the engine onnx does without torch
    from nmt.engines.torch_states import TorchStates

    return TorchStates(load_network(model, device))
