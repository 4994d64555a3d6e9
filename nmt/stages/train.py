"""`nmt train`: train a translator on a prepared folder."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.config import Config
from nmt.errors import ConfigError, DataError
from nmt.io.files import refuse_overwriting
from nmt.io.lines import read_file, read_parallel
from nmt.model_folder import store
from nmt.protection.literals import known_words
from nmt.stages.finished import digest, is_finished, record_finished
from nmt.stages.paths import corpus_files, model_files, pair_files, prepared_files
from nmt.text.directions import decoder_start_ids
from nmt.text.languages import check_languages
from nmt.text.tokenizer import read_tokenizers

if TYPE_CHECKING:
    from nmt.training.run import Progress


def train(
    *,
    config: Config,
    data: Path,
    tokenizer: Path,
    out: Path,
    device: str = "cpu",
    report: "Callable[[Progress], None]" = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Train a translator on a prepared folder into a run folder, or go on where such a training was stopped.

    Returns False, at once, if that very training was finished before. Raises ConfigError if the run was begun with
    another configuration, tokenizer or data.
    """
    check_languages(config.source, config.target)
    tokenizer_files = list(corpus_files([str(tokenizer)]))
    refuse_overwriting(model_files(out), [*prepared_files(data), *tokenizer_files])
    source_tokenizer, target_tokenizer = read_tokenizers(tokenizer)
    if config.directions == "both" and source_tokenizer is not target_tokenizer:
        raise ConfigError(
            f"{tokenizer}: both directions in one model need one tokenizer for both languages; train it without "
            "--separate, or set directions = 'one'"
        )
    texts, valid_files = (pair_files(data, split, config.source, config.target) for split in ("train", "valid"))
    asked = digest(config, [*texts, *valid_files, *tokenizer_files])
    if is_finished(out, asked):
        return False
    valid = list(read_parallel(*valid_files))
    if not any(source.strip() and target.strip() for source, target in valid):
        raise DataError(f"{data}: no pair for validation has text on both sides; prepare it with more pairs")
    if config.training.placeholders:
        for subwords in (source_tokenizer, target_tokenizer):
            _ = subwords.placeholder_ids  # or an error says what is missing, before an epoch is over
    known = known_words(chain.from_iterable(map(read_file, texts))) if config.training.placeholders else None
    # Here, as torch takes seconds to load: by now all files were found to be there.
    from nmt.data.tokenized_corpus import tokenize_corpus
    from nmt.stages.export import add_missing_engine
    from nmt.training.translation_task import Job, train_run

    start_ids = decoder_start_ids(config.source, config.target, config.directions, target_tokenizer)
    with store.lock(out):
        corpus = tokenize_corpus(
            *texts,
            source_tokenizer,
            target_tokenizer,
            cache=data / ".tokenized",
            max_length=config.training.max_length,
            decoder_start_ids=list(start_ids.values()),
            known_words=known,
        )
        job = Job(
            source=config.source,
            target=config.target,
            directions=config.directions,
            source_tokenizer=source_tokenizer,
            target_tokenizer=target_tokenizer,
            model=config.model,
            training=config.training,
            search=config.search,
            corpus=corpus,
            valid=valid,
            known_words=known,
        )
        done = train_run(job, out, device, report, stop)
        add_missing_engine(out)
        if done:
            record_finished(out, asked)
    return True
