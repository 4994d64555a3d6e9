"""`nmt train`: train a translator on a prepared folder, perhaps beginning with the weights of another one."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nmt.config import Config
from nmt.errors import ConfigError, DataError
from nmt.io.files import refuse_overwriting
from nmt.io.lines import read_parallel
from nmt.model_folder.locking import lock
from nmt.stages.finished import digest, is_finished, record_finished
from nmt.stages.paths import corpus_files, model_files, pair_files, prepared_files
from nmt.stages.weighted_corpora import weighted_corpora
from nmt.text.directions import decoder_start_ids
from nmt.text.languages import check_languages
from nmt.text.tokenizer import Tokenizer, read_tokenizers
from nmt.training.processes import ALONE, Processes, first_before_others, shared

if TYPE_CHECKING:
    from nmt.training.initial_model import InitialModel
    from nmt.training.run import Progress


def train(
    *,
    config: Config,
    data: Path,
    tokenizer: Path | None,
    out: Path,
    init: Path | None = None,
    device: str = "cpu",
    report: "Callable[[Progress], None]" = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    processes: Processes = ALONE,
) -> bool:
    """Train a translator on a prepared folder into a run folder, or go on where such a training was stopped.

    It begins with the weights of the model init, if that is given, and without a tokenizer has the model's. Returns
    False, at once, if that very training was finished before. Of several processes, each calls this with its own of
    processes, and the first writes. Raises ConfigError if the run was begun with another configuration, tokenizer, data
    or model.
    """
    config = replace(config, training=processes.with_shards(config.training))
    initial = None if init is None else _open_initial(init)
    if initial is not None:
        config = _as_begun(config, initial)
    check_languages(config.source, config.target)
    languages = config.source, config.target
    tokenizer_files = [] if tokenizer is None else list(corpus_files([str(tokenizer)]))
    begun_with = [] if init is None else model_files(init)
    refuse_overwriting(model_files(out), [*prepared_files(data), *tokenizer_files, *begun_with])
    source_tokenizer, target_tokenizer = _tokenizers(tokenizer, initial)
    if config.directions == "both" and source_tokenizer is not target_tokenizer:
        raise ConfigError(
            f"{tokenizer or init}: both directions in one model need one tokenizer for both languages; "
            "train it without --separate, or set directions = 'one'"
        )
    texts, valid_files = (pair_files(data, split, *languages) for split in ("train", "valid"))
    mixture = weighted_corpora(config, data)
    begun_from = [*texts, *valid_files, *tokenizer_files]
    asked = digest(config, begun_from, initial and initial.fingerprint, *map(asdict, mixture))
    if shared(processes, lambda: is_finished(out, asked)):
        return False
    valid = list(read_parallel(*valid_files))
    if not any(source.strip() and target.strip() for source, target in valid):
        raise DataError(f"{data}: no pair for validation has text on both sides; prepare it with more pairs")
    # Here, as torch takes seconds to load: by now all files were found to be there.
    from nmt.data.tokenized_corpus import tokenize_corpus
    from nmt.protection.training_pairs import PairProtection
    from nmt.protection.word_statistics import learn
    from nmt.stages.export import add_missing_engine
    from nmt.stages.languages import tell_apart
    from nmt.training.translation_task import Job, train_run

    protection = None
    if config.training.placeholders:
        statistics = learn(read_parallel(*texts), languages)
        if initial is not None and initial.statistics is not None:
            statistics = statistics.joined_with(initial.statistics)
        protection = PairProtection.between(source_tokenizer, target_tokenizer, statistics, languages)
    start_ids = decoder_start_ids(*languages, config.directions, target_tokenizer)
    with nullcontext() if processes.rank else lock(out):
        with first_before_others(processes):
            corpus = tokenize_corpus(
                *texts,
                source_tokenizer,
                target_tokenizer,
                cache=data / ".tokenized",
                max_length=config.training.max_length,
                decoder_start_ids=list(start_ids.values()),
                protection=protection,
                mixture=mixture,
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
            protection=protection,
            initial=initial,
            languages=tell_apart(data, *languages) if config.directions == "both" else None,
        )
        done = train_run(job, out, processes.own_device(device), report, stop, processes)
        if not processes.rank:
            add_missing_engine(out)
            if done:
                record_finished(out, asked)
    return True


def _open_initial(path: Path) -> "InitialModel":
    from nmt.training.initial_model import open_initial_model  # here, as it loads torch

    return open_initial_model(path)


def _tokenizers(path: Path | None, initial: "InitialModel | None") -> tuple[Tokenizer, Tokenizer]:
    if path is not None:
        return read_tokenizers(path)
    if initial is not None:
        return initial.tokenizers
    raise ConfigError("no tokenizer is named; name one by --tokenizer, or a model to begin with by --init")


def _as_begun(config: Config, initial: "InitialModel") -> Config:
    """The configuration with the languages and the shape of a model to begin with; what is dropped may differ.

    A value that is the default may not have been meant; any other one that contradicts the model is a ConfigError.
    """
    described = initial.opened.description
    own = {key: described[key] for key in ("source", "target", "directions")}
    shape = {f"model.{key}": value for key, value in asdict(initial.config).items()}
    asked, defaults = _decided_by_models(config), _decided_by_models(Config())
    for key, value in (own | shape).items():
        if asked[key] == defaults[key]:
            asked[key] = value
        elif asked[key] != value and key not in ("model.dropout", "model.word_dropout"):
            raise ConfigError(
                f"{initial.opened.folder.path}: has {key} = {value!r}, and what begins with it cannot have "
                f"{asked[key]!r}; leave that out"
            )
    model = replace(config.model, **{key: asked[f"model.{key}"] for key in asdict(config.model)})
    return replace(config, **{key: asked[key] for key in own}, model=model)


def _decided_by_models(config: Config) -> dict[str, Any]:
    """The keys, by their full names, that a training has in common with the model that it begins with."""
    languages = {"source": config.source, "target": config.target, "directions": config.directions}
    return languages | {f"model.{key}": value for key, value in asdict(config.model).items()}
