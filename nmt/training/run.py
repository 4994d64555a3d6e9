"""A training in its run folder, from start to end or from where it was stopped."""

import hashlib
import json
import math
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nmt.data.batch import WIDTHS, cut, make_batch, next_multiple
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.decoding.config import SearchConfig
from nmt.decoding.model import TranslationModel, forbidden_ids
from nmt.decoding.translator import translate
from nmt.engines.torch import TorchEngine
from nmt.errors import DataError, ModelError
from nmt.metrics.bleu import score as score_lines
from nmt.metrics.bleu import usual_tokenizer
from nmt.model_folder import store
from nmt.model_folder.contents import Description, translator_parts
from nmt.model_folder.tensors import to_bytes
from nmt.models.device import check_device
from nmt.models.translator import ModelConfig, Translator
from nmt.protection.literals import hide_shared
from nmt.text.directions import Directions, directions_of, first_ids
from nmt.text.tokenizer import Tokenizer
from nmt.threads import default_threads
from nmt.training.checkpoint import TAGGER_FOLDER, job_keys, load_checkpoint, require_same_job, save_checkpoint
from nmt.training.config import TrainingConfig
from nmt.training.log import LOG, TrainingLog
from nmt.training.loop import UpdateReport, Validation, finished, total_updates, train
from nmt.training.loss import translation_loss
from nmt.training.memory import cache_products, keep_freed_memory
from nmt.training.seeds import seed_torch
from nmt.training.state import TrainingState

# Added to a job's identity since: older checkpoints mean these values.
ADDED = {"directions": "one", "training.r_drop": 0.0, "training.placeholders": False}
VALID = "validation pairs"  # added too, and taken on trust where they are not there


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to train, on what."""

    source: str  # language codes
    target: str
    directions: Directions
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer  # the same object if they share a vocabulary
    model: ModelConfig
    training: TrainingConfig
    search: SearchConfig
    corpus: TokenizedCorpus
    valid: Sequence[tuple[str, str]]
    known: Collection[str] | None = None  # the words of the training text, if placeholders stand for others

    @property
    def shared(self) -> bool:
        """Whether both sides have one vocabulary, and so one embedding."""
        return self.source_tokenizer is self.target_tokenizer


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How a training stands; bleu is None between validations."""

    update: int
    total: int
    epoch: int
    loss: float  # nats a target subword
    tokens_per_second: float
    seconds_left: float
    bleu: float | None = None
    best: bool = False


def train_run(job: Job, run: Path, device: str, report: Callable[[Progress], None], stop: Callable[[], bool]) -> None:
    """Train job in the folder run until it is done or stop says so; either way all is saved.

    Raises ConfigError if the folder holds a training of another job, ModelError if it holds a model without one or a
    tagger that going on would remove, and DataError if no pair for validation can be used.
    """
    check_device(device)
    if not _subwords(job.valid, job):
        raise DataError(
            f"no pair for validation has between 1 and {job.training.max_length} subwords on each side; "
            "prepare the data with other pairs, or raise training.max_length"
        )
    keep_freed_memory()
    cache_products()
    torch.set_num_threads(job.training.threads or default_threads())
    seed_torch(job.training.seed)
    model = Translator(job.model, job.source_tokenizer.vocab_size, job.target_tokenizer.vocab_size, job.shared)
    settings = job.training
    state = TrainingState.start(
        model.to(device), settings.optimizer, settings.weight_decay, averaged=settings.ema_decay > 0
    )
    total = total_updates(job.corpus, settings)
    _resume(state, job, run, total)
    log = TrainingLog(run, state.update, state.validated)
    meter = _Meter(total, settings.report_every)

    for event in train(state, job.corpus, job.training, lambda model, update: validate(model, update, job)):
        if isinstance(event, UpdateReport):
            report(meter.add(event))
            if event.update % job.training.report_every == 0:
                log.write(meter.summary(event))
            if event.update % job.training.save_every == 0:
                _save_checkpoint(state, job, run)
        else:
            score = event.bleu if job.training.validate_by == "bleu" else -event.loss
            best = state.note(score, asdict(event))
            if best:
                _save_model(state, job, run)
            log.write({"update": event.update, "valid_loss": event.loss, "valid_bleu": event.bleu})
            _save_checkpoint(state, job, run)
            report(meter.validated(event, best))
        if stop():
            break
    _save_checkpoint(state, job, run)


def validate(model: Translator, update: int, job: Job) -> Validation:
    """Loss with teacher forcing and BLEU of greedy translations on the validation set, in float32.

    For a model of both directions, the loss is that of all target subwords, the BLEU score the directions' mean.
    """
    translator = TranslationModel(
        source=job.source,
        target=job.target,
        directions=first_ids(job.source, job.target, job.directions, job.target_tokenizer),
        source_tokenizer=job.source_tokenizer,
        target_tokenizer=job.target_tokenizer,
        engine=TorchEngine([model], forbidden_ids(job.target_tokenizer, job.known is not None)),
        search=job.search,
        known=job.known,
        **_lengths(job.corpus),
    )
    loss, tokens, bleu = 0.0, 0, 0.0
    for direction in translator.directions:
        one_way = translator.between(*direction)
        pairs = job.valid if one_way.source == job.source else [(target, source) for source, target in job.valid]
        own_loss, own_tokens = _validation_loss(model, pairs, job, one_way.first)
        loss, tokens = loss + own_loss, tokens + own_tokens
        if not math.isfinite(loss):
            break  # such a network translates nothing; what becomes of it is for TrainingState.note to say
        bleu += _validation_bleu(one_way, pairs) / len(translator.directions)
    return Validation(update=update, loss=loss / tokens, bleu=bleu)


def _validation_loss(model: Translator, texts: Sequence[tuple[str, str]], job: Job, first: int) -> tuple[float, int]:
    """The sum over target subwords, in nats, and their number; batches are no larger than those of training."""
    pairs = sorted(_subwords(texts, job), key=lambda pair: (len(pair[1]), len(pair[0])))
    widths = next_multiple(np.array([max(map(len, pair)) + 1 for pair in pairs]), WIDTHS)
    loss, device = 0.0, model.output_bias.device
    with torch.no_grad():
        for rows in cut(widths, job.training.batch_tokens):
            sources, targets = zip(*pairs[rows], strict=True)
            batch = make_batch(sources, targets, [first] * len(targets)).to(device)
            loss += translation_loss(model, batch, smoothing=0.0).item()
    return loss, sum(len(target) + 1 for _, target in pairs)


def _subwords(texts: Sequence[tuple[str, str]], job: Job) -> list[tuple[list[int], list[int]]]:
    """Pairs as training has them: without those that it leaves out, and with placeholders if it has any."""
    if job.known is not None:
        texts = [hide_shared(*pair, number, job.known) for number, pair in enumerate(texts)]
    longest = job.training.max_length
    return [
        (source, target)
        for text, other in texts
        if 0 < len(source := job.source_tokenizer.encode(text)) <= longest
        and 0 < len(target := job.target_tokenizer.encode(other)) <= longest
    ]


def _validation_bleu(translator: TranslationModel, texts: Sequence[tuple[str, str]]) -> float:
    greedy = SearchConfig(beam_size=1)
    hypotheses = [found.text for found in translate(translator, [[text for text, _ in texts]], greedy)]
    references = [[reference for _, reference in texts]]
    tokenize = usual_tokenizer(translator.target)
    [bleu] = score_lines(hypotheses, references, metrics=("bleu",), tokenize=tokenize)
    return bleu.value


def _lengths(corpus: TokenizedCorpus) -> dict[str, int]:
    """The source lengths that a model trained on corpus knows well, and at all."""
    return {
        "usual_length": int(np.percentile(corpus.source_lengths, 99)),
        "greatest_length": int(corpus.source_lengths.max()),
    }


def _identity(job: Job) -> dict[str, Any]:
    """What a resumed training must share with the one before it to end in the same weights and save the same."""
    keys = job_keys(model=job.model, training=job.training)
    for name in ("save_every", "report_every"):
        del keys[f"training.{name}"]
    return {
        "source": job.source,
        "target": job.target,
        "directions": job.directions,
        "data and tokenizer": job.corpus.fingerprint,
        VALID: hashlib.sha256(json.dumps(list(job.valid)).encode()).hexdigest(),
        **keys,
    }


def _resume(state: TrainingState[Translator], job: Job, run: Path, total: int) -> None:
    checkpoint = load_checkpoint(run)
    if checkpoint is None:
        if store.exists(run) or (run / LOG).exists():  # both are younger than the first checkpoint
            raise ModelError(
                f"{run}: holds a model or a log, but no checkpoint to go on with; choose another folder, or empty it"
            )
        _save_checkpoint(state, job, run)  # so that a kill never leaves a model without a checkpoint
        return
    tensors, numbers = checkpoint
    now = _identity(job)
    # Older checkpoints have settings of the search, too: validation is greedy, and depends on none of them.
    before = {key: value for key, value in numbers["job"].items() if not key.startswith("search.")}
    require_same_job(ADDED | {VALID: now[VALID]} | before, now, f"{run}: was begun", "choose another folder")
    state.unpack(tensors, numbers["state"])
    done = finished(state, total, job.training) and state.validated == state.update
    if not done and store.exists(run / TAGGER_FOLDER):
        raise ModelError(
            f"{run}: has a tagger, which going on with the translator would remove; "
            f"copy the folder if you want to keep it, and remove {run / TAGGER_FOLDER} to go on"
        )


def _save_checkpoint(state: TrainingState[Translator], job: Job, run: Path) -> None:
    tensors, numbers = state.pack()
    save_checkpoint(run, tensors, {"job": _identity(job), "state": numbers})


def _save_model(state: TrainingState[Translator], job: Job, run: Path) -> None:
    lengths = _lengths(job.corpus)
    about: Description = {
        "source": job.source,
        "target": job.target,
        "directions": job.directions,
        "model": asdict(job.model),
        "search": asdict(job.search),
        "usual_length": lengths["usual_length"],
        "greatest_length": lengths["greatest_length"],
        "training": {
            "pairs": len(job.corpus) // len(directions_of(job.source, job.target, job.directions)),
            "update": state.update,
            "valid_loss": state.best and state.best["loss"],
            "valid_bleu": state.best and state.best["bleu"],
            **asdict(job.training),
        },
    }
    tokenizers = job.source_tokenizer, job.target_tokenizer
    parts = translator_parts(about, to_bytes(state.weights()), tokenizers, job.known)
    store.save(run, parts)


class _Meter:
    """Rates and averages over the last updates."""

    def __init__(self, total: int, every: int) -> None:
        self._total = total
        self._start = time.monotonic()
        self._recent: deque[tuple[float, UpdateReport]] = deque(maxlen=every)

    def add(self, event: UpdateReport) -> Progress:
        self._recent.append((time.monotonic() - self._start, event))
        self._start = time.monotonic()
        seconds = sum(seconds for seconds, _ in self._recent)
        return Progress(
            update=event.update,
            total=self._total,
            epoch=event.epoch,
            loss=float(np.mean([event.loss for _, event in self._recent])),
            tokens_per_second=sum(event.tokens for _, event in self._recent) / seconds,
            seconds_left=(self._total - event.update) * seconds / len(self._recent),
        )

    def summary(self, event: UpdateReport) -> dict[str, float]:
        seconds = sum(seconds for seconds, _ in self._recent)
        return {
            "update": event.update,
            "epoch": event.epoch,
            "loss": float(np.mean([event.loss for _, event in self._recent])),
            "learning_rate": event.learning_rate,
            "grad_norm": event.grad_norm,
            "tokens_per_second": sum(event.tokens for _, event in self._recent) / seconds,
        }

    def validated(self, event: Validation, best: bool) -> Progress:
        self._start = time.monotonic()  # validation is not training
        return Progress(
            update=event.update,
            total=self._total,
            epoch=0,
            loss=event.loss,
            tokens_per_second=0.0,
            seconds_left=0.0,
            bleu=event.bleu,
            best=best,
        )
