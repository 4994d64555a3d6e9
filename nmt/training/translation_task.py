"""The translation task: its batches, loss and validation, and how a translator is saved and its training resumed."""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.data.batch import WIDTHS, Batch, cut, make_batch, next_multiple
from nmt.data.tokenized_corpus import TokenizedCorpus, batch_rows
from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import TranslationModel, forbidden_ids
from nmt.decoding.translator import translate_chunks
from nmt.engines.torch import TorchEngine
from nmt.errors import ConfigError, DataError, ModelError
from nmt.metrics.bleu import score as score_lines
from nmt.metrics.bleu import usual_tokenizer
from nmt.model_folder import store
from nmt.model_folder.contents import translator_parts
from nmt.model_folder.descriptions import Description
from nmt.model_folder.tensors import to_bytes
from nmt.models.config import ModelConfig
from nmt.models.device import check_device
from nmt.models.translator import TranslationNetwork
from nmt.protection.training_pairs import RULES, PairProtection, protect_pair
from nmt.protection.word_statistics import WordStatistics
from nmt.text.config import Directions
from nmt.text.directions import decoder_start_ids, directions_of
from nmt.text.language_detector import LanguageDetector
from nmt.text.tokenizer import PAD_ID, Tokenizer
from nmt.training.checkpoint import HEAD_FOLDERS, job_keys, load_checkpoint, require_same_job
from nmt.training.compute import configure_torch, seed_torch
from nmt.training.config import GUIDED_ATTENTION, TrainingConfig
from nmt.training.gradients import BatchLoss, LazyBatch
from nmt.training.initial_model import InitialModel, fill_from
from nmt.training.log import LOG
from nmt.training.loop import Task, Validation, finished
from nmt.training.loss import AttentionGuide, translation_loss
from nmt.training.optimizer import learning_rate
from nmt.training.processes import ALONE, Processes
from nmt.training.run import Progress, RunFolder, begin, run_training
from nmt.training.state import TrainingState

# Keys that were added to a job's identity later; older checkpoints imply these values.
ADDED = {
    "directions": "one",
    "training.r_drop": 0.0,
    "training.softmax_sample": 0,
    "training.shards": 0,
    "training.placeholders": False,
    "training.guided_attention": GUIDED_ATTENTION,  # without placeholders it is of no effect
}
VALID = "validation pairs"  # added too, and taken on trust where they are not there
PLACEHOLDER_RULES = "placeholder rules"
LENGTH = ("training.epochs", "training.max_updates")  # on which no weights depend, unless the learning rate does


@dataclass(frozen=True, kw_only=True)
class Job:
    """A translator to train, and its data."""

    source: str  # language codes
    target: str
    directions: Directions
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer  # the same object if they share a vocabulary
    model: ModelConfig
    training: TrainingConfig
    search: DecodingConfig
    corpus: TokenizedCorpus
    valid: Sequence[tuple[str, str]]
    protection: PairProtection | None = None  # where placeholders stand for what is to come through
    initial: InitialModel | None = None  # what to begin with, of the same shape
    languages: LanguageDetector | None = None  # what tells the languages apart, in both directions

    @property
    def shared(self) -> bool:
        """Whether both sides share a vocabulary, and so an embedding."""
        return self.source_tokenizer is self.target_tokenizer

    @property
    def statistics(self) -> WordStatistics | None:
        """What decides on placeholders in use."""
        return None if self.protection is None else self.protection.statistics


def train_run(
    job: Job,
    run: Path,
    device: str,
    report: Callable[[Progress], None],
    stop: Callable[[], bool],
    processes: Processes = ALONE,
) -> bool:
    """Train job in the folder run until it is done or stop() is true, and save everything in either case.

    A training whose learning rate does not depend on its length goes on if job gives it more epochs than it had.
    Returns whether it is done. Raises ConfigError if the folder holds a training of another job, ModelError if it holds
    a model without one or a tagger that going on would remove, and DataError if no pair for validation can be used.
    """
    check_device(device)
    if not _subwords(job.valid, job):
        raise DataError(
            f"no pair for validation has between 1 and {job.training.max_length} subwords on each side; "
            "prepare the data with other pairs, or raise training.max_length"
        )
    settings = job.training
    configure_torch(settings.threads)
    seed_torch(settings.seed)
    model = TranslationNetwork(job.model, job.source_tokenizer.vocab_size, job.target_tokenizer.vocab_size, job.shared)
    if job.initial is not None:
        fill_from(model, (job.source_tokenizer, job.target_tokenizer), job.initial)
    state = TrainingState.start(
        model.to(device), settings.optimizer, settings.weight_decay, averaged=settings.ema_decay > 0
    )
    task = translation_task(job.corpus, settings, partial(_validate, job), partial(_save_model, job, run))
    folder = RunFolder(path=run, identity=_identity(job))
    begin(state, folder.identity, partial(_resume, state, task, folder), processes)
    return run_training(task, state, folder, report, stop, processes)


def translation_task(
    corpus: TokenizedCorpus,
    config: TrainingConfig,
    validate: Callable[[TranslationNetwork], Validation],
    save: Callable[[TrainingState[TranslationNetwork], Validation], None],
) -> Task[TranslationNetwork]:
    """The task of translating a corpus, given functions to validate and to save the translator."""
    total = total_updates(corpus, config)
    return Task(
        config=config,
        total=total,
        updates=partial(_updates, corpus, config),
        learning_rate=lambda update: learning_rate(update, config.learning_rate, config.schedule, config.warmup, total),
        validate=validate,
        save=save,
        validate_every=config.validate_every,
    )


def total_updates(corpus: TokenizedCorpus, config: TrainingConfig) -> int:
    """The number of updates if training does not stop early; without a mixture, all epochs have the same number."""
    if corpus.mixture:
        updates = sum(len(_updates(corpus, config, epoch)) for epoch in range(config.epochs))
    else:
        updates = len(_updates(corpus, config, 0)) * config.epochs
    return min(updates, config.max_updates) if config.max_updates else updates


def _validate(job: Job, model: TranslationNetwork) -> Validation:
    """Loss with teacher forcing and BLEU of greedy translations on the validation set, in float32.

    For a model of both directions, the loss is over all target subwords, and BLEU the mean of the directions.
    """
    split_above_length, max_source_length = _source_lengths(job.corpus)
    translator = TranslationModel(
        source=job.source,
        target=job.target,
        directions=decoder_start_ids(job.source, job.target, job.directions, job.target_tokenizer),
        source_tokenizer=job.source_tokenizer,
        target_tokenizer=job.target_tokenizer,
        engine=TorchEngine([model], forbidden_ids(job.target_tokenizer, job.protection is not None)),
        search=job.search,
        statistics=job.statistics,
        order=job.corpus.order,
        split_above_length=split_above_length,
        max_source_length=max_source_length,
    )
    loss, tokens, bleu = 0.0, 0, 0.0
    for direction in translator.directions:
        one_way = translator.between(*direction)
        pairs = job.valid if one_way.source == job.source else [(target, source) for source, target in job.valid]
        own_loss, own_tokens = _validation_loss(model, pairs, job, one_way.decoder_start_id)
        loss, tokens = loss + own_loss, tokens + own_tokens
        if not math.isfinite(loss):
            break  # such a network cannot translate; TrainingState.record_validation raises an error
        bleu += _validation_bleu(one_way, pairs) / len(translator.directions)
    loss /= tokens
    return Validation(score=bleu if job.training.validate_by == "bleu" else -loss, figures={"loss": loss, "bleu": bleu})


def _updates(corpus: TokenizedCorpus, config: TrainingConfig, epoch: int) -> list[list[LazyBatch[TranslationNetwork]]]:
    """The batches of an epoch, grouped by update."""
    rows = batch_rows(corpus, config.batch_tokens, config.seed, epoch)
    return [
        [
            LazyBatch(rows=own, make=partial(_batch, corpus, config, part))
            for part, own in enumerate(rows[start : start + config.accumulate])
        ]
        for start in range(0, len(rows), config.accumulate)
    ]


def _batch(
    corpus: TokenizedCorpus, config: TrainingConfig, part: int, rows: NDArray[np.int64], seed: int
) -> BatchLoss[TranslationNetwork]:
    """The batch of the given pairs, or a shard of it, one part of an update."""
    batch = corpus.batch(rows, config.subword_sampling, seed * config.accumulate + part)
    tokens = int((batch.next_ids != PAD_ID).sum())
    guide = AttentionGuide.of(corpus, config.guided_attention)
    return BatchLoss(name="loss", count=tokens, tokens=tokens, compute=partial(_training_loss, batch, config, guide))


def _training_loss(
    batch: Batch, config: TrainingConfig, guide: AttentionGuide | None, model: TranslationNetwork
) -> Tensor:
    batch = batch.to(model.output_bias.device)
    return translation_loss(
        model,
        batch,
        config.label_smoothing,
        config.teacher_forcing,
        config.r_drop,
        guide,
        config.softmax_sample,
    )


def _validation_loss(
    model: TranslationNetwork, texts: Sequence[tuple[str, str]], job: Job, decoder_start_id: int
) -> tuple[float, int]:
    """The summed loss in nats, and the number of target subwords; batches are no larger than in training."""
    pairs = sorted(_subwords(texts, job), key=lambda pair: (len(pair[1]), len(pair[0])))
    widths = next_multiple(np.array([max(map(len, pair)) + 1 for pair in pairs]), WIDTHS)
    loss, device = 0.0, model.output_bias.device
    with torch.no_grad():
        for rows in cut(widths, job.training.batch_tokens):
            sources, targets = zip(*pairs[rows], strict=True)
            batch = make_batch(sources, targets, [decoder_start_id] * len(targets)).to(device)
            loss += translation_loss(model, batch, smoothing=0.0).item()
    return loss, sum(len(target) + 1 for _, target in pairs)


def _subwords(texts: Sequence[tuple[str, str]], job: Job) -> list[tuple[list[int], list[int]]]:
    """Pairs as training has them: without those that it leaves out, and with placeholders if it has any."""
    if job.protection is not None:
        texts = [protect_pair(pair, number, job.protection) for number, pair in enumerate(texts)]
    longest = job.training.max_length
    return [
        (source, target)
        for text, other in texts
        if 0 < len(source := job.source_tokenizer.encode(text)) <= longest
        and 0 < len(target := job.target_tokenizer.encode(other)) <= longest
    ]


def _validation_bleu(translator: TranslationModel, texts: Sequence[tuple[str, str]]) -> float:
    greedy = DecodingConfig(beam_size=1)
    hypotheses = [found.text for found in translate_chunks(translator, [[text for text, _ in texts]], greedy)]
    references = [[reference for _, reference in texts]]
    tokenize = usual_tokenizer(translator.target)
    [bleu] = score_lines(hypotheses, references, metrics=("bleu",), tokenize=tokenize)
    return bleu.value


def _source_lengths(corpus: TokenizedCorpus) -> tuple[int, int]:
    """The 99th percentile and the maximum of source lengths in a corpus, in subwords."""
    return int(np.percentile(corpus.source_lengths, 99)), int(corpus.source_lengths.max())


def _identity(job: Job) -> dict[str, Any]:
    """What must be unchanged for resumed training to give and save the same weights."""
    return {
        "source": job.source,
        "target": job.target,
        "directions": job.directions,
        "data and tokenizer": job.corpus.fingerprint,
        **({} if not job.corpus.mixture else {"corpora": [[part.pairs, part.weight] for part in job.corpus.mixture]}),
        VALID: hashlib.sha256(json.dumps(list(job.valid)).encode()).hexdigest(),
        **({} if job.initial is None else {"initial weights": job.initial.fingerprint}),
        **({} if job.protection is None else {PLACEHOLDER_RULES: RULES}),
        **job_keys(model=job.model, training=job.training),
    }


def _resume(state: TrainingState[TranslationNetwork], task: Task[TranslationNetwork], folder: RunFolder) -> None:
    """Restore the state of the folder's checkpoint; save a first one if the folder is empty.

    Raises ConfigError and ModelError as train_run does.
    """
    run, now = folder.path, folder.identity
    checkpoint = load_checkpoint(run)
    if checkpoint is None:
        if store.exists(run) or (run / LOG).exists():  # both are written after the first checkpoint
            raise ModelError(
                f"{run}: holds a model or a log, but no checkpoint to resume from; choose another folder, or empty it"
            )
        folder.save(state)  # so that a kill never leaves a model without a checkpoint
        return
    tensors, numbers = checkpoint
    # Older checkpoints also have search settings, on which nothing depends: validation is greedy.
    before = {key: value for key, value in numbers["job"].items() if not key.startswith("search.")}
    before = ADDED | {VALID: now[VALID]} | before
    if before["training.placeholders"] and before.get(PLACEHOLDER_RULES) != RULES:
        raise ConfigError(
            f"{run}: was begun by an nmt that had placeholders for other things; go on with that one, or train on what "
            f"it has learnt in another folder, by nmt train --init {run}"
        )
    same_length = before | {key: now[key] for key in LENGTH}
    require_same_job(same_length, now, f"{run}: was begun", "choose another folder")
    if now["training.schedule"] == "cosine":  # it has come down to nothing at the end
        otherwise = f"train on what it has learnt in another folder, by nmt train --init {run}"
        require_same_job(before, now, f"{run}: was begun with the cosine schedule and", otherwise)
    state.load_state_dict(tensors, numbers["state"])
    done = finished(state, task) and state.validated == state.update
    heads = [run / folder for folder in HEAD_FOLDERS if store.exists(run / folder)]
    if not done and heads:
        raise ModelError(
            f"{run}: has a {heads[0].name.partition('-')[0]}, which training the translator further would remove; "
            f"copy the folder if you want to keep it, and remove {' and '.join(map(str, heads))} to resume"
        )


def _save_model(job: Job, run: Path, state: TrainingState[TranslationNetwork], validation: Validation) -> None:
    split_above_length, max_source_length = _source_lengths(job.corpus)
    description: Description = {
        "source": job.source,
        "target": job.target,
        "directions": job.directions,
        "model": asdict(job.model),
        "search": asdict(job.search),
        "usual_length": split_above_length,
        "greatest_length": max_source_length,
        "order": dict(job.corpus.order),
        "training": {
            "pairs": len(job.corpus) // len(directions_of(job.source, job.target, job.directions)),
            "update": state.update,
            **{f"valid_{name}": figure for name, figure in validation.figures.items()},
            **asdict(job.training),
        },
    }
    tokenizers = job.source_tokenizer, job.target_tokenizer
    parts = translator_parts(description, to_bytes(state.weights()), tokenizers, job.statistics, job.languages)
    store.save(run, parts)
