"""The training of a tagger in its folder, from start to end or from where it was stopped."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from nmt.data.bio_tags import bio_tags
from nmt.data.ner_corpus import TaggedSentence
from nmt.data.sentence import Alphabet, locate
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.engines.networks import load_network
from nmt.errors import ConfigError, DataError, ModelError
from nmt.model_folder import store
from nmt.model_folder.contents import (
    DESCRIPTION,
    INT8,
    TRANSLATOR,
    Description,
    TaggerDescription,
    open_model,
    tagger_parts,
)
from nmt.model_folder.tensors import to_bytes
from nmt.models.tagger import Tagger, TaggerConfig
from nmt.models.translator import ModelConfig, Translator
from nmt.text.detokenizer import spaced
from nmt.text.tokenizer import Tokenizer
from nmt.threads import default_threads
from nmt.training.checkpoint import TAGGER_FOLDER, job_keys, load_checkpoint, require_same_job, save_checkpoint
from nmt.training.config import TaggingConfig
from nmt.training.memory import cache_products, keep_freed_memory
from nmt.training.seeds import seed_torch
from nmt.training.state import TrainingState
from nmt.training.tagging import Heads, TaggedCorpus, TaggingUpdate, TaggingValidation, total_updates, train_tagger


@dataclass(frozen=True, kw_only=True)
class TaggingJob:
    """What to train, on what, beside which translator."""

    model: Path  # the folder of the translator
    out: Path  # the folder to save in, the same one or another
    tagger: TaggerConfig
    tagging: TaggingConfig
    labels: Mapping[str, str]  # that made the corpora's labels the tagger's, kept for its evaluation
    train: Sequence[TaggedSentence]
    valid: Sequence[TaggedSentence]
    translations: TokenizedCorpus | None = None  # for joint training

    @property
    def beside(self) -> bool:
        """Whether the tagger goes into the translator's own folder."""
        return self.out.resolve() == self.model.resolve()


@dataclass(frozen=True, kw_only=True)
class TaggingProgress:
    """How a training stands; f1 is None between validations."""

    update: int
    total: int
    epoch: int
    losses: Mapping[str, float]  # of the last update of each task
    seconds_left: float
    f1: float | None = None
    saved: bool = False


def train_tagger_run(
    job: TaggingJob, device: str, report: Callable[[TaggingProgress], None], stop: Callable[[], bool]
) -> None:
    """Train job in its folder until it is done or stop says so; either way all is saved.

    Raises ConfigError if the folder holds such a training of another job.
    """
    keep_freed_memory()
    cache_products()
    torch.set_num_threads(job.tagging.threads or default_threads())
    seed_torch(job.tagging.seed)
    _check(job)
    opened = open_model(job.model)
    folder, about = opened.folder, opened.description
    tokenizer, target_tokenizer = opened.source_tokenizer, opened.target_tokenizer
    translator = load_network(opened, device)
    translator = _prepared(translator, tokenizer, target_tokenizer, job.tagging).to(device)
    identity = _identity(job, folder)

    types = sorted({tag[2:] for sentence in job.train for tag in sentence.tags if tag != "O"})
    tags, alphabet = bio_tags(types), Alphabet.of(word for sentence in job.train for word in sentence.words)
    corpus, valid = (_corpus(sentences, tokenizer) for sentences in (job.train, job.valid))
    head = Tagger(job.tagger, translator.config.cell, translator.config.hidden_size, len(alphabet), tags).to(device)
    frozen = job.tagging.encoder == "frozen"
    heads = Heads(translator, head, frozen, tokenizer=tokenizer, alphabet=alphabet, tags=tags)
    state = TrainingState.start(heads, "adamw", job.tagging.weight_decay, averaged=job.tagging.ema_decay > 0)
    _resume(state, identity, job)

    clock = _Clock(state.update, total_updates(corpus, job.tagging))
    for event in train_tagger(state, corpus, valid, job.translations, job.tagging):
        if isinstance(event, TaggingUpdate):
            report(clock.add(event))
        else:
            best = state.note(event.f1, asdict(event))
            # While both tasks learn, the last epoch counts: F1 sees one of them, and translations suffer from a rate
            # that has only begun to fall.
            saved = best or job.tagging.encoder == "joint"
            if saved:
                description: TaggerDescription = {
                    "tagger": asdict(job.tagger),
                    "types": types,
                    "alphabet": alphabet.characters,
                    "labels": dict(job.labels),
                    "training": {"sentences": len(job.train), "valid_f1": event.f1, **asdict(job.tagging)},
                }
                _save_model(state, job, description, folder, about)
            save_checkpoint(job.out, *_packed(state, identity), folder=TAGGER_FOLDER)
            report(clock.validated(event, saved))
        if stop():
            break
    save_checkpoint(job.out, *_packed(state, identity), folder=TAGGER_FOLDER)


def _check(job: TaggingJob) -> None:
    if job.tagging.encoder != "frozen" and job.beside:
        raise ConfigError(
            f"tagging.encoder is {job.tagging.encoder!r}, which changes the translator; name another folder by --out"
        )
    if job.tagging.encoder == "frozen" and job.tagging.start == "random" and job.beside:
        raise ConfigError("tagging.start is 'random', which is no translator; name another folder by --out")
    if (job.tagging.encoder == "joint") != (job.translations is not None):
        raise ConfigError(
            "tagging.encoder = 'joint' and a prepared folder of translations (--data) go together; give both or neither"
        )
    if not any(tag != "O" for sentence in job.train for tag in sentence.tags):
        raise DataError("no name is tagged in the training sentences; check the tag column and the [labels]")


def _prepared(translator: Translator, source: Tokenizer, target: Tokenizer, config: TaggingConfig) -> Translator:
    """The translator with the dropout it is to have here, and with fresh weights if it is to start at random."""
    settings = ModelConfig(**{**asdict(translator.config), "word_dropout": config.word_dropout})
    prepared = Translator(settings, source.vocab_size, target.vocab_size, source is target)
    if config.start == "translation":
        prepared.load_state_dict(translator.state_dict())
    return prepared


def _corpus(sentences: Sequence[TaggedSentence], tokenizer: Tokenizer) -> TaggedCorpus:
    """Sentences as subwords, in natural spacing."""
    return TaggedCorpus(
        sentences=[locate(tokenizer, *spaced(sentence.words)) for sentence in sentences],
        tags=[sentence.tags for sentence in sentences],
    )


def _identity(job: TaggingJob, folder: store.ModelFolder) -> dict[str, Any]:
    """What a resumed training must share with the one before it to end in the same weights."""
    content = hashlib.sha256()
    for sentence in (*job.train, *job.valid):
        content.update(json.dumps([sentence.words, sentence.tags]).encode())
    return {
        "translator": (folder.parts.get(TRANSLATOR) or folder.parts[INT8]).sha256,  # the engine alone if small
        "tagged sentences": content.hexdigest(),
        "translations": job.translations and job.translations.fingerprint,
        **job_keys(tagger=job.tagger, tagging=job.tagging),
    }


def _resume(state: TrainingState[Heads], identity: Mapping[str, Any], job: TaggingJob) -> None:
    checkpoint = load_checkpoint(job.out, folder=TAGGER_FOLDER)
    if checkpoint is None:
        if not job.beside:
            if store.exists(job.out):  # it is younger than the first checkpoint
                raise ModelError(
                    f"{job.out}: holds another model, and no training of a tagger to go on with; choose another folder"
                )
            save_checkpoint(job.out, *_packed(state, identity), folder=TAGGER_FOLDER)
        return
    tensors, numbers = checkpoint
    begun = f"{job.out}: its tagger's training was begun"
    otherwise = f"remove {job.out / TAGGER_FOLDER} to begin again"
    require_same_job(numbers["job"], identity, begun, otherwise)
    state.unpack(tensors, numbers["state"])


def _packed(state: TrainingState[Heads], identity: Mapping[str, Any]) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    tensors, numbers = state.pack()
    return tensors, {"job": identity, "state": numbers}


def _save_model(
    state: TrainingState[Heads],
    job: TaggingJob,
    description: TaggerDescription,
    folder: store.ModelFolder,
    about: Description,
) -> None:
    weights = state.weights()
    parts = tagger_parts(description, to_bytes(_under("tagger.", weights)))
    if job.beside:
        store.update(job.out, parts)
        return
    if job.tagging.encoder == "frozen":
        weights = {f"translator.{name}": p for name, p in state.model.encoder.named_parameters()}
    parts[TRANSLATOR] = to_bytes(_under("translator.", weights))
    made = ("tagger.", INT8)  # anew: an engine is out of date once its translator has changed
    kept = {name: folder.read(name) for name in folder.parts if not name.startswith(made)}
    if job.tagging.encoder != "frozen" or job.tagging.start == "random":
        found = {name: value for name, value in about["training"].items() if not name.startswith("valid_")}
        kept[DESCRIPTION] = json.dumps({**about, "training": found}, indent=1).encode()  # it was of other weights
    store.save(job.out, kept | parts)


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors whose names begin with prefix, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


class _Clock:
    """Tells how a training gets on."""

    def __init__(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self._start = time.monotonic()
        self._losses: dict[str, float] = {}

    def add(self, event: TaggingUpdate) -> TaggingProgress:
        self._losses[event.task] = event.loss
        return self._progress(event.update, event.epoch)

    def validated(self, event: TaggingValidation, saved: bool) -> TaggingProgress:
        return self._progress(event.update, event.epoch, f1=event.f1, saved=saved)

    def _progress(self, update: int, epoch: int, **found: Any) -> TaggingProgress:
        each = (time.monotonic() - self._start) / max(1, update - self._done)
        return TaggingProgress(
            update=update,
            total=self._total,
            epoch=epoch,
            losses=dict(self._losses),
            seconds_left=each * (self._total - update),
            **found,
        )
