"""`nmt train-classifier`: train a classifier of lines on the encoder of a translator."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.config import Config
from nmt.data.labelled_lines import LabelledLine, read_labelled
from nmt.model_folder.manifest import CLASSIFIER_PREFIX
from nmt.stages.heads import train_head
from nmt.training.processes import ALONE, Processes

if TYPE_CHECKING:
    from nmt.data.tokenized_corpus import TokenizedCorpus
    from nmt.training.run import Progress


def train_classifier(
    *,
    config: Config,
    model: Path,
    train: Sequence[str],
    valid: Sequence[str],
    out: Path | None = None,
    data: Path | None = None,
    device: str = "cpu",
    report: "Callable[[Progress], None]" = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    processes: Processes = ALONE,
) -> bool:
    """Train a classifier on the encoder of a translator, into its folder or into out, or go on where that was stopped.

    train and valid name corpora of labelled lines; data is a prepared folder of translations for joint training.
    Returns False, at once, if that very training was finished before. Of several processes, each calls this with its
    own of processes, and the first writes.
    """
    config = replace(config, classification=processes.with_shards(config.classification))
    out = out or model

    def run(train: list[LabelledLine], valid: list[LabelledLine], translations: "TokenizedCorpus | None") -> bool:
        from nmt.training.classification_run import (  # here, as torch takes seconds to load
            ClassificationJob,
            train_classifier_run,
        )

        job = ClassificationJob(
            model=model,
            out=out,
            classifier=config.classifier,
            classification=config.classification,
            train=train,
            valid=valid,
            translations=translations,
        )
        return train_classifier_run(job, processes.own_device(device), report, stop, processes)

    return train_head(
        config=config,
        model=model,
        out=out,
        train=train,
        valid=valid,
        data=data,
        prefix=CLASSIFIER_PREFIX,
        processes=processes,
        read=read_labelled,
        run=run,
    )
