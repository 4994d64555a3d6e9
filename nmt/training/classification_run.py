"""A classifier's training in its folder: what it is given, how it resumes, and what it saves."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from nmt.data.labelled_lines import LabelledLine
from nmt.decoding.classifier import label_scores, subwords
from nmt.engines.networks import load_network
from nmt.errors import DataError
from nmt.metrics.classification import fit_temperature
from nmt.model_folder import store
from nmt.model_folder.contents import OpenedModel, classifier_parts, open_model
from nmt.model_folder.descriptions import ClassifierDescription
from nmt.models.classifier import ClassificationHead
from nmt.models.config import ClassifierConfig
from nmt.text.tokenizer import Tokenizer
from nmt.training.checkpoint import job_keys
from nmt.training.classification_task import ClassifierWithEncoder, LabelledCorpus, classification_task
from nmt.training.compute import configure_torch, seed_torch
from nmt.training.config import ClassificationConfig
from nmt.training.head_run import HeadJob, check_head, head_identity, prepared_translator, resume_head, save_head
from nmt.training.loop import Validation
from nmt.training.processes import ALONE, Processes
from nmt.training.run import Progress, RunFolder, begin, run_training
from nmt.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class ClassificationJob(HeadJob):
    """A classifier to train, its data, and its translator."""

    head = "classifier"
    section = "classification"

    classifier: ClassifierConfig
    classification: ClassificationConfig
    train: Sequence[LabelledLine]
    valid: Sequence[LabelledLine]

    @property
    def settings(self) -> ClassificationConfig:
        """See HeadJob."""
        return self.classification


def train_classifier_run(
    job: ClassificationJob,
    device: str,
    report: Callable[[Progress], None],
    stop: Callable[[], bool],
    processes: Processes = ALONE,
) -> bool:
    """Train job in its folder until it is done or stop() is true; save either way. Returns whether it is done.

    Raises ConfigError if the folder holds training of another job, or if settings contradict each other,
    DataError for labels that cannot be learnt or judged, and ModelError if another model would be replaced.
    """
    check_head(job)
    labels = checked_labels(job.train, job.valid)
    settings = job.classification
    configure_torch(settings.threads)
    seed_torch(settings.seed)
    opened = open_model(job.model)
    tokenizer = opened.source_tokenizer
    translator = prepared_translator(load_network(opened, device), tokenizer, opened.target_tokenizer, settings)
    translator = translator.to(device)
    head = ClassificationHead(job.classifier, translator.config.hidden_size, len(labels)).to(device)
    network = ClassifierWithEncoder(translator, head, settings.encoder == "frozen", tokenizer=tokenizer, labels=labels)
    corpus, valid = (_corpus(lines, labels, tokenizer) for lines in (job.train, job.valid))
    state = TrainingState.start(network, "adamw", settings.weight_decay, averaged=settings.ema_decay > 0)
    task = classification_task(corpus, valid, job.translations, settings, partial(_save_model, job, valid, opened))
    folder = RunFolder(path=job.out, identity=_identity(job, opened.folder), prefix=job.prefix)
    begin(state, folder.identity, partial(resume_head, state, job, folder, {}), processes)
    return run_training(task, state, folder, report, stop, processes)


def checked_labels(train: Sequence[LabelledLine], valid: Sequence[LabelledLine]) -> list[str]:
    """The labels of training lines. Raises DataError unless there are two, and the same ones in both sets."""
    learnt, judged = (Counter(line.label for line in lines) for lines in (train, valid))
    if len(learnt) < 2:
        raise DataError(f"all training lines have the label {next(iter(learnt))!r}; a classifier needs two labels")
    for some, others, what in ((learnt, judged, "validation"), (judged, learnt, "training")):
        if missing := sorted(some.keys() - others.keys()):
            raise DataError(f"no {what} line has the label {missing[0]!r}; add some, or leave the label out")
    return sorted(learnt)


def _corpus(lines: Sequence[LabelledLine], labels: Sequence[str], tokenizer: Tokenizer) -> LabelledCorpus:
    numbers = {label: number for number, label in enumerate(labels)}
    return LabelledCorpus(
        sources=[subwords(tokenizer, line.text) for line in lines], labels=[numbers[line.label] for line in lines]
    )


def _identity(job: ClassificationJob, model: store.ModelFolder) -> dict[str, Any]:
    """What must be unchanged for resumed training to give the same weights."""
    content = hashlib.sha256(json.dumps([[line.label, line.text] for line in (*job.train, *job.valid)]).encode())
    return {
        **head_identity(job, model),
        "labelled lines": content.hexdigest(),
        **job_keys(classifier=job.classifier, classification=job.classification),
    }


def _save_model(
    job: ClassificationJob,
    valid: LabelledCorpus,
    opened: OpenedModel,
    state: TrainingState[ClassifierWithEncoder],
    validation: Validation,
) -> None:
    with state.averaged_weights() as network:
        scores = label_scores(network.eval().classification_model(), valid.sources)
    found = {f"valid_{name}": value for name, value in validation.figures.items()}
    description: ClassifierDescription = {
        "classifier": asdict(job.classifier),
        "labels": list(state.model.labels),
        "temperature": fit_temperature(scores, np.array(valid.labels)),
        "training": {"lines": len(job.train), **found, **asdict(job.classification)},
    }
    save_head(job, partial(classifier_parts, description), opened, state)
