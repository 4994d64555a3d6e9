"""`nmt train-tagger`: train a tagger on the encoder of a translator."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
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
from nmt.training.processes import ALONE, Processes, first_before_others, shared

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
    processes: Processes = ALONE,
) -> bool:
    """Train a tagger on the encoder of a translator, into its folder or into out, or go on where that was stopped.

    train and valid name corpora of tagged sentences; data is a prepared folder of translations for joint training.
    Returns False, at once, if that very training was finished before. Of several processes, each calls this with its
    own of processes, and the first writes.
    """
    config = replace(config, tagging=processes.with_shards(config.tagging))
    folder = store.open_folder(model)  # raises ModelError if there is none; the lock would create the folder
    out = out or model
    pairs = [] if data is None else pair_files(data, "train", *model_directions(model)[0])
    corpora = list(corpus_files([*train, *valid]))
    added_to = out.exists() and out.samefile(model)
    refuse_overwriting(model_files(out), [*corpora, *pairs, *([] if added_to else model_files(model))])
    mixture = [] if data is None else weighted_corpora(config, data)
    weights = [folder.part(weights_part(folder)).sha256]
    asked = digest(config, [*corpora, *pairs], train, valid, strict, weights, *map(asdict, mixture))
    finished = shared(processes, lambda: is_finished(out, asked, TAGGER_PREFIX))
    if finished and not any(name.startswith(HUB) for name in (*train, *valid)):
        return False
    train_sentences, valid_sentences = (
        read_tagged_corpora(names, config.labels, strict=strict) for names in (train, valid)
    )
    # Here, as torch takes seconds to load: by now all files were found to be there.
    from nmt.stages.export import add_missing_engine
    from nmt.stages.model_corpus import tokenize_for_model
    from nmt.training.tagging_run import TaggingJob, train_tagger_run

    with nullcontext() if processes.rank else lock(out):
        translations = None
        if data is not None:
            with first_before_others(processes):
                translations = tokenize_for_model(model, data, config.training.max_length, mixture)
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
        done = train_tagger_run(job, processes.own_device(device), report, stop, processes)
        if not processes.rank:
            add_missing_engine(out)
            if done:
                record_finished(out, asked, TAGGER_PREFIX)
    return True
