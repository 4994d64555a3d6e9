"""`nmt train-tagger`: train a tagger on the encoder of a translator."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.config import Config
from nmt.data.ner_corpus import read_tagged_corpora
from nmt.io.files import refuse_overwriting
from nmt.io.records import HUB
from nmt.model_folder import store
from nmt.model_folder.contents import weights_part
from nmt.model_folder.locking import lock
from nmt.model_folder.manifest import TAGGER_PREFIX
from nmt.stages.finished import digest, is_finished, record_finished
from nmt.stages.models import model_directions
from nmt.stages.paths import corpus_files, model_files, pair_files
from nmt.stages.weighted_corpora import weighted_corpora

if TYPE_CHECKING:
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
) -> bool:
    """Train a tagger on the encoder of a translator, into its folder or into out, or go on where that was stopped.

    train and valid name corpora of tagged sentences; data is a prepared folder of translations for joint training.
    Returns False, at once, if that very training was finished before.
    """
    folder = store.open_folder(model)  # raises ModelError if there is none; the lock would create the folder
    out = out or model
    pairs = [] if data is None else pair_files(data, "train", *model_directions(model)[0])
    corpora = list(corpus_files([*train, *valid]))
    added_to = out.exists() and out.samefile(model)
    refuse_overwriting(model_files(out), [*corpora, *pairs, *([] if added_to else model_files(model))])
    mixture = [] if data is None else weighted_corpora(config, data)
    weights = [folder.part(weights_part(folder)).sha256]
    asked = digest(config, [*corpora, *pairs], train, valid, strict, weights, *map(asdict, mixture))
    if is_finished(out, asked, TAGGER_PREFIX) and not any(name.startswith(HUB) for name in (*train, *valid)):
        return False
    train_sentences, valid_sentences = (
        read_tagged_corpora(names, config.labels, strict=strict) for names in (train, valid)
    )
    # Here, as torch takes seconds to load: by now all files were found to be there.
    from nmt.stages.export import add_missing_engine
    from nmt.stages.model_corpus import tokenize_for_model
    from nmt.training.tagging_run import TaggingJob, train_tagger_run

    with lock(out):
        max_length = config.training.max_length
        translations = None if data is None else tokenize_for_model(model, data, max_length, mixture)
        job = TaggingJob(
            model=model,
            out=out,
            tagger=config.tagger,
            tagging=config.tagging,
            labels=config.labels,
            train=train_sentences,
            valid=valid_sentences,
            translations=translations,
        )
        done = train_tagger_run(job, device, report, stop)
        add_missing_engine(out)
        if done:
            record_finished(out, asked, TAGGER_PREFIX)
    return True
