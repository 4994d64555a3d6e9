"""The tagging task: with a frozen translator, with one that is trained too, or alternating with translation."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt.data.batch import WIDTHS, Batch, cut, next_multiple, pad
from nmt.data.bio_tags import bio_tags
from nmt.data.ner_corpus import TaggedSentence
from nmt.data.sentence import Alphabet, Sentence, locate
from nmt.data.tokenized_corpus import TokenizedCorpus, batch_rows
from nmt.data.word_batch import make_word_batch
from nmt.decoding.tagger import TaggingModel, best_tags
from nmt.engines.networks import load_network
from nmt.engines.torch_tagger import TorchTagger
from nmt.errors import ConfigError, DataError, ModelError
from nmt.metrics.spans import score_spans
from nmt.model_folder import store
from nmt.model_folder.contents import (
    DESCRIPTION,
    INT8,
    TRANSLATOR,
    OpenedModel,
    TaggerDescription,
    open_model,
    tagger_parts,
)
from nmt.model_folder.manifest import TAGGER_PREFIX
from nmt.model_folder.tensors import to_bytes
from nmt.models.config import ModelConfig, TaggerConfig
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork
from nmt.text.detokenizer import detokenize
from nmt.text.tokenizer import PAD_ID, Tokenizer
from nmt.training.checkpoint import TAGGER_FOLDER, job_keys, load_checkpoint, require_same_job
from nmt.training.compute import configure_torch, seed_torch
from nmt.training.config import GUIDED_ATTENTION, TaggingConfig
from nmt.training.gradients import BatchLoss, LazyBatch
from nmt.training.loop import Task, Validation
from nmt.training.loss import AttentionGuide, translation_loss
from nmt.training.optimizer import learning_rate
from nmt.training.processes import ALONE, Processes
from nmt.training.run import Progress, RunFolder, begin, run_training
from nmt.training.state import TrainingState

ADDED = {"tagging.shards": 0}  # to a job's identity, later; older checkpoints imply this value


@dataclass(frozen=True, kw_only=True)
class TaggingJob:
    """A tagger to train, its data, and its translator."""

    model: Path  # the folder of the translator
    out: Path  # the folder to save in, the same one or another
    tagger: TaggerConfig
    tagging: TaggingConfig
    labels: Mapping[str, str]  # labels of the corpora, mapped to the tagger's; saved for evaluation
    train: Sequence[TaggedSentence]
    valid: Sequence[TaggedSentence]
    translations: TokenizedCorpus | None = None  # for joint training

    @property
    def in_place(self) -> bool:
        """Whether the tagger is saved in the translator's own folder."""
        return self.out.exists() and self.out.samefile(self.model)


def train_tagger_run(
    job: TaggingJob,
    device: str,
    report: Callable[[Progress], None],
    stop: Callable[[], bool],
    processes: Processes = ALONE,
) -> bool:
    """Train job in its folder until it is done or stop() is true; save either way. Returns whether it is done.

    Raises ConfigError if the folder holds training of another job, or if settings contradict each other,
    DataError if no name is tagged, and ModelError if another model would be replaced.
    """
    _check(job)
    settings = job.tagging
    configure_torch(settings.threads)
    seed_torch(settings.seed)
    opened = open_model(job.model)
    tokenizer, target_tokenizer = opened.source_tokenizer, opened.target_tokenizer
    translator = load_network(opened, device)
    translator = _prepared(translator, tokenizer, target_tokenizer, settings).to(device)
    types = sorted({tag[2:] for sentence in job.train for tag in sentence.tags if tag != "O"})
    tags, alphabet = bio_tags(types), Alphabet.of(word for sentence in job.train for word in sentence.words)
    corpus, valid = (_corpus(sentences, tokenizer) for sentences in (job.train, job.valid))
    encoder = translator.config
    head = TaggingHead(job.tagger, encoder.cell, encoder.hidden_size, len(alphabet), tags).to(device)
    network = TaggerWithEncoder(
        translator, head, settings.encoder == "frozen", tokenizer=tokenizer, alphabet=alphabet, tags=tags
    )
    state = TrainingState.start(network, "adamw", settings.weight_decay, averaged=settings.ema_decay > 0)
    save = partial(_save_model, job, types, opened)
    task = tagging_task(corpus, valid, job.translations, settings, save)
    folder = RunFolder(path=job.out, identity=_identity(job, opened.folder), prefix=TAGGER_PREFIX)
    begin(state, folder.identity, partial(_resume, state, task, job, folder), processes)
    return run_training(task, state, folder, report, stop, processes)


@dataclass(frozen=True, kw_only=True)
class TaggedCorpus:
    """Sentences and their tags."""

    sentences: Sequence[Sentence]
    tags: Sequence[Sequence[str]]


class TaggerWithEncoder(nn.Module):
    """What is trained: the tagging head, and the translator under it unless it is frozen."""

    def __init__(
        self,
        translator: TranslationNetwork,
        tagger: TaggingHead,
        frozen: bool,
        *,
        tokenizer: Tokenizer,
        alphabet: Alphabet,
        tags: Sequence[str],
    ) -> None:
        super().__init__()
        self.tokenizer, self.alphabet, self.tags = tokenizer, alphabet, tags
        self.tagger = tagger
        self.translator = None if frozen else translator
        self._shared = (translator.eval(),)  # a tuple, so that a frozen translator is not registered as a submodule

    @property
    def encoder(self) -> TranslationNetwork:
        """The translator whose encoder is read, frozen or not."""
        return self._shared[0]

    def tagging_model(self) -> TaggingModel:
        """A tagger with the current weights."""
        return TaggingModel(
            tokenizer=self.tokenizer,
            alphabet=self.alphabet,
            tags=self.tags,
            transitions=self.tagger.crf.transitions().detach().cpu().numpy(),
            emissions=TorchTagger(self.encoder, self.tagger, self.alphabet),
            labels={},
        )


def tagging_task(
    corpus: TaggedCorpus,
    valid: TaggedCorpus,
    translations: TokenizedCorpus | None,
    config: TaggingConfig,
    save: Callable[[TrainingState[TaggerWithEncoder], Validation], None],
) -> Task[TaggerWithEncoder]:
    """The task of tagging a corpus, alternating with translation for joint training, given a function to save it."""
    total = _updates_until(len(_tagging_rows(corpus, config, 0)) * config.epochs, config)
    return Task(
        config=config,
        total=total,
        updates=partial(_updates, corpus, translations, config),
        learning_rate=lambda update: learning_rate(update, config.learning_rate, "cosine", config.warmup, total),
        validate=partial(_validate, valid),
        save=save,
        # In joint training the last epoch is kept: F1 measures only one of the tasks, and translations suffer while the
        # learning rate is still high.
        keep="last" if config.encoder == "joint" else "best",
    )


def _validate(valid: TaggedCorpus, network: TaggerWithEncoder) -> Validation:
    """Micro F1 of exact spans, in percent."""
    tags = [tags for tags, _ in best_tags(network.tagging_model(), valid.sentences)]
    f1 = score_spans(valid.tags, tags).micro.f1
    return Validation(score=f1, figures={"f1": f1})


def _updates(
    corpus: TaggedCorpus, translations: TokenizedCorpus | None, config: TaggingConfig, epoch: int
) -> list[list[LazyBatch[TaggerWithEncoder]]]:
    """The updates of an epoch over the tagged sentences, one batch each, with translation batches in between."""
    tagging = _tagging_rows(corpus, config, epoch)
    first, end = (_updates_until(number * len(tagging), config) for number in (epoch, epoch + 1))
    tagged = (LazyBatch(rows=rows, make=partial(_tagging_batch, corpus)) for rows in tagging)
    if translations is None:
        return [[batch] for batch in tagged]
    pairs = partial(batch_rows, translations, config.translation_batch_tokens, config.seed)
    translated = (
        LazyBatch(rows=rows, make=partial(_translation_batch, translations, config))
        for rows in _batches_from(_translations(first, config), pairs)
    )
    turns = (_translations(update + 1, config) > _translations(update, config) for update in range(first, end))
    return [[next(translated if translation else tagged)] for translation in turns]


def _tagging_rows(corpus: TaggedCorpus, config: TaggingConfig, epoch: int) -> list[NDArray[np.int64]]:
    """One epoch as batches of sentences of similar length, in an order that depends on seed and epoch.

    All epochs have the same number of batches.
    """
    random = np.random.default_rng([config.seed, epoch])
    widths = np.array([next_multiple(len(sentence.ids) + 1, WIDTHS) for sentence in corpus.sentences])
    order = random.permutation(len(widths))
    order = order[np.argsort(widths[order], kind="stable")]
    batches = [order[rows] for rows in cut(widths[order], config.batch_tokens)]
    return [batches[index] for index in random.permutation(len(batches))]


def _batches_from(number: int, rows: Callable[[int], list[NDArray[np.int64]]]) -> Iterator[NDArray[np.int64]]:
    """The batches of all epochs in turn, from batch number on; rows gives those of an epoch."""
    epoch, position = divmod(number, len(rows(0)))
    while True:
        yield from rows(epoch)[position:]
        epoch, position = epoch + 1, 0


def _translations(updates: int, config: TaggingConfig) -> int:
    """How many of the first updates belong to the translation task, which are spread evenly."""
    return math.floor(updates * config.translation_share) if config.encoder == "joint" else 0


def _updates_until(tagging: int, config: TaggingConfig) -> int:
    """The number of updates after which the given number of them were tagging updates."""
    updates = tagging
    while updates - _translations(updates, config) < tagging:
        updates += 1
    return updates


def _tagging_batch(corpus: TaggedCorpus, rows: NDArray[np.int64], _seed: int) -> BatchLoss[TaggerWithEncoder]:
    tokens = sum(len(corpus.sentences[row].ids) + 1 for row in rows)
    return BatchLoss(name="tag_loss", count=len(rows), tokens=tokens, compute=partial(_tagging_loss, corpus, rows))


def _tagging_loss(corpus: TaggedCorpus, rows: NDArray[np.int64], network: TaggerWithEncoder) -> Tensor:
    """The summed negative log-probability of the tags of the given sentences, in nats."""
    batch = make_word_batch([corpus.sentences[row] for row in rows], network.alphabet)
    tags = pad([[network.tags.index(tag) for tag in corpus.tags[row]] for row in rows])
    device = network.encoder.output_bias.device
    batch, tags = batch.to(device), tags.to(device)
    with torch.set_grad_enabled(network.translator is not None):
        memory = network.encoder.encode(batch.source_ids, batch.source_lengths)
    return network.tagger.crf.loss(network.tagger(memory, batch), tags, batch.counts)


def _translation_batch(
    translations: TokenizedCorpus, config: TaggingConfig, rows: NDArray[np.int64], _seed: int
) -> BatchLoss[TaggerWithEncoder]:
    batch = translations.batch(rows)
    tokens = int((batch.next_ids != PAD_ID).sum())
    guide = AttentionGuide.of(translations, GUIDED_ATTENTION)
    loss = partial(_translation_loss, batch, config.label_smoothing, guide)
    return BatchLoss(name="translate_loss", count=tokens, tokens=tokens, compute=loss)


def _translation_loss(
    batch: Batch, smoothing: float, guide: AttentionGuide | None, network: TaggerWithEncoder
) -> Tensor:
    """The summed smoothed cross-entropy of a batch, in nats."""
    device = network.encoder.output_bias.device
    return translation_loss(network.encoder, batch.to(device), smoothing, guide=guide)


def _check(job: TaggingJob) -> None:
    if job.tagging.encoder != "frozen" and job.in_place:
        raise ConfigError(
            f"tagging.encoder is {job.tagging.encoder!r}, which changes the translator; name another folder with --out"
        )
    if job.tagging.encoder == "frozen" and job.tagging.start == "random" and job.in_place:
        raise ConfigError("tagging.start is 'random', which replaces the translator; name another folder with --out")
    if (job.tagging.encoder == "joint") != (job.translations is not None):
        raise ConfigError(
            "tagging.encoder = 'joint' and a folder of translations (--data) need each other; give both or neither"
        )
    if not any(tag != "O" for sentence in job.train for tag in sentence.tags):
        raise DataError("no name is tagged in the training sentences; check the tag column and the [labels]")


def _prepared(
    translator: TranslationNetwork, source: Tokenizer, target: Tokenizer, config: TaggingConfig
) -> TranslationNetwork:
    """The translator with the dropout for this training, and with new weights if it is to start at random."""
    settings = ModelConfig(**{**asdict(translator.config), "word_dropout": config.word_dropout})
    prepared = TranslationNetwork(settings, source.vocab_size, target.vocab_size, source is target)
    if config.start == "translation":
        prepared.load_state_dict(translator.state_dict())
    return prepared


def _corpus(sentences: Sequence[TaggedSentence], tokenizer: Tokenizer) -> TaggedCorpus:
    """Sentences, detokenized, as subwords."""
    return TaggedCorpus(
        sentences=[locate(tokenizer, *detokenize(sentence.words)) for sentence in sentences],
        tags=[sentence.tags for sentence in sentences],
    )


def _identity(job: TaggingJob, model: store.ModelFolder) -> dict[str, Any]:
    """What must be unchanged for resumed training to give the same weights."""
    content = hashlib.sha256()
    for sentence in (*job.train, *job.valid):
        content.update(json.dumps([sentence.words, sentence.tags]).encode())
    return {
        "translator": (model.parts.get(TRANSLATOR) or model.parts[INT8]).sha256,  # the engine alone if small
        "tagged sentences": content.hexdigest(),
        "translations": job.translations and job.translations.fingerprint,
        **job_keys(tagger=job.tagger, tagging=job.tagging),
    }


def _resume(
    state: TrainingState[TaggerWithEncoder], task: Task[TaggerWithEncoder], job: TaggingJob, folder: RunFolder
) -> None:
    """Restore the state of the folder's checkpoint; save a first one in an empty folder.

    Raises ConfigError and ModelError as train_tagger_run does.
    """
    checkpoint = load_checkpoint(job.out, TAGGER_FOLDER)
    if checkpoint is None:
        if not job.in_place:
            if store.exists(job.out):  # it is written after the first checkpoint
                raise ModelError(
                    f"{job.out}: holds another model, and no tagger training to resume; choose another folder"
                )
            folder.save(state)  # so that a kill never leaves a model without a checkpoint
        return
    tensors, numbers = checkpoint
    begun = f"{job.out}: its tagger's training was begun"
    otherwise = f"remove {job.out / TAGGER_FOLDER} to begin again"
    require_same_job(ADDED | numbers["job"], folder.identity, begun, otherwise)
    state.load_state_dict(tensors, numbers["state"])
    if state.update > 0 and state.epoch == state.position == 0:
        _count_epochs(state, task)


def _count_epochs(state: TrainingState[TaggerWithEncoder], task: Task[TaggerWithEncoder]) -> None:
    """Convert an older checkpoint, which has only the number of updates and of validated epochs."""
    state.validated = sum(len(task.updates(epoch)) for epoch in range(state.validated))
    state.position = state.update
    while state.position >= (updates := len(task.updates(state.epoch))):
        state.epoch, state.position = state.epoch + 1, state.position - updates


def _save_model(
    job: TaggingJob,
    types: Sequence[str],
    opened: OpenedModel,
    state: TrainingState[TaggerWithEncoder],
    validation: Validation,
) -> None:
    """Save the tagger, in a folder other than the translator's together with the parts of that model."""
    description: TaggerDescription = {
        "tagger": asdict(job.tagger),
        "types": list(types),
        "alphabet": state.model.alphabet.characters,
        "labels": dict(job.labels),
        "training": {"sentences": len(job.train), "valid_f1": validation.figures["f1"], **asdict(job.tagging)},
    }
    weights = state.weights()
    parts = tagger_parts(description, to_bytes(_under("tagger.", weights)))
    if job.in_place:
        store.update(job.out, parts)
        return
    if job.tagging.encoder == "frozen":
        weights = {f"translator.{name}": p for name, p in state.model.encoder.named_parameters()}
    parts[TRANSLATOR] = to_bytes(_under("translator.", weights))
    made = ("tagger.", INT8)  # not copied: an engine is out of date if its translator has changed
    kept = {name: opened.folder.read(name) for name in opened.folder.parts if not name.startswith(made)}
    if job.tagging.encoder != "frozen" or job.tagging.start == "random":
        found = {name: value for name, value in opened.description["training"].items() if not name.startswith("valid_")}
        kept[DESCRIPTION] = json.dumps(
            {**opened.description, "training": found}, indent=1
        ).encode()  # those were scores of other weights
    store.save(job.out, kept | parts)


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The tensors whose names begin with prefix, which is removed."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
