"""What the stages that train a head on a translator's encoder share."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nmt.config import Config
from nmt.io.files import refuse_overwriting
from nmt.model_folder import store
from nmt.model_folder.contents import weights_part
from nmt.model_folder.locking import lock
from nmt.stages.finished import digest, is_finished, record_finished
from nmt.stages.models import model_directions
from nmt.stages.paths import can_be_read_again, corpus_files, model_files, pair_files
from nmt.stages.weighted_corpora import weighted_corpora
from nmt.training.processes import Processes, first_before_others, shared

if TYPE_CHECKING:
    from nmt.data.tokenized_corpus import TokenizedCorpus

Lines = TypeVar("Lines")


def train_head(
    *,
    config: Config,
    model: Path,
    out: Path,
    train: Sequence[str],
    valid: Sequence[str],
    data: Path | None,
    prefix: str,
    processes: Processes,
    read: Callable[[Sequence[str]], Lines],
    run: "Callable[[Lines, Lines, TokenizedCorpus | None], bool]",
    others: Sequence[object] = (),
) -> bool:
    """Train a head on the encoder of the translator in model, and save it in out, or go on where that was stopped.

    read gives the lines of the corpora named by train and valid; run trains on them and on the translations of data,
    and returns whether it is done; others are what the training depends on besides. Returns False, at once, if that
    very training was finished before. Of several processes, each calls this, and the first writes.
    """
    folder = store.open_folder(model)  # raises ModelError if there is none; the lock would create the folder
    pairs = [] if data is None else pair_files(data, "train", *model_directions(model)[0])
    corpora = list(corpus_files([*train, *valid]))
    added_to = out.exists() and out.samefile(model)
    refuse_overwriting(model_files(out), [*corpora, *pairs, *([] if added_to else model_files(model))])
    mixture = [] if data is None else weighted_corpora(config, data)
    weights = [folder.part(weights_part(folder)).sha256]
    asked = digest(config, [*corpora, *pairs], train, valid, *others, weights, *map(asdict, mixture))
    finished = shared(processes, lambda: is_finished(out, asked, prefix))
    if finished and can_be_read_again([*train, *valid]):
        return False
    train_lines, valid_lines = read(train), read(valid)
    # Here, as torch takes seconds to load: by now all files were found to be there.
    from nmt.stages.export import add_missing_engine
    from nmt.stages.model_corpus import tokenize_for_model

    with nullcontext() if processes.rank else lock(out):
        translations = None
        if data is not None:
            with first_before_others(processes):
                translations = tokenize_for_model(model, data, config.training.max_length, mixture)
        done = run(train_lines, valid_lines, translations)
        if not processes.rank:
            add_missing_engine(out)
            if done:
                record_finished(out, asked, prefix)
    return True
