"""`nmt train-tagger`: train a tagger on the encoder of a translator."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nmt.config import Config
from nmt.data.ner_corpus import read_tagged_corpora
from nmt.model_folder import store
from nmt.stages.export import add_missing_engine
from nmt.stages.model_corpus import tokenize_for_model
from nmt.training.run import Progress
from nmt.training.tagging_task import TaggingJob, train_tagger_run


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
    report: Callable[[Progress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Train a tagger on the encoder of a translator, or resume training that was stopped.

    It is saved in out, by default in the translator's folder. train and valid name corpora of tagged sentences; data is
    a prepared folder of translations for joint training.
    """
    store.open_folder(model)  # raises ModelError if there is none; the lock would create the folder
    with store.lock(out or model):
        job = TaggingJob(
            model=model,
            out=out or model,
            tagger=config.tagger,
            tagging=config.tagging,
            labels=config.labels,
            train=read_tagged_corpora(train, config.labels, strict=strict),
            valid=read_tagged_corpora(valid, config.labels, strict=strict),
            translations=None if data is None else tokenize_for_model(model, data, config.training.max_length),
        )
        train_tagger_run(job, device, report, stop)
        add_missing_engine(out or model)
