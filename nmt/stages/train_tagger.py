"""`nmt train-tagger`: train a tagger on the encoder of a translator."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.config import Config
from nmt.data.ner_corpus import TaggedSentence, read_training_corpora
from nmt.model_folder.manifest import TAGGER_PREFIX
from nmt.stages.heads import train_head
from nmt.training.processes import ALONE, Processes

if TYPE_CHECKING:
    from nmt.data.tokenized_corpus import TokenizedCorpus
    from nmt.training.run import Progress


def train_tagger(
    *,
    config: Config,
    model: Path,
    train: Sequence[str],
    valid: Sequence[str],
    out: Path | None = None,
    data: Path | None = None,
    strict: bool = False,
    device: str = "cpu",
    report: "Callable[[Progress], None]" = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    processes: Processes = ALONE,
) -> bool:
    """Train a tagger on the encoder of a translator, into its folder or into out, or go on where that was stopped.

    train and valid name corpora of tagged sentences; data is a prepared folder of translations for joint training.
    Returns False, at once, if that very training was finished before. Of several processes, each calls this with its
    own of processes, and the first writes.
    """
    config = replace(config, tagging=processes.with_shards(config.tagging))
    out = out or model

    def run(train: list[TaggedSentence], valid: list[TaggedSentence], translations: "TokenizedCorpus | None") -> bool:
        from nmt.training.tagging_run import TaggingJob, train_tagger_run  # here, as torch takes seconds to load

        job = TaggingJob(
            model=model,
            out=out,
            tagger=config.tagger,
            tagging=config.tagging,
            labels=config.labels,
            train=train,
            valid=valid,
            translations=translations,
        )
        return train_tagger_run(job, processes.own_device(device), report, stop, processes)

    return train_head(
        config=config,
        model=model,
        out=out,
        train=train,
        valid=valid,
        data=data,
        prefix=TAGGER_PREFIX,
        processes=processes,
        read=lambda names: read_training_corpora(names, config.labels, strict=strict),
        run=run,
        others=[strict],
    )
