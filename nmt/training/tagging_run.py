"""A tagger's training in its folder: what it is given, how it resumes, and what it saves."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor

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
    OpenedModel,
    TaggerDescription,
    open_model,
    tagger_parts,
    weights_part,
)
from nmt.model_folder.manifest import TAGGER_PREFIX
from nmt.model_folder.tensors import to_bytes
from nmt.models.config import ModelConfig, TaggerConfig
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork
from nmt.text.detokenizer import detokenize
from nmt.text.tokenizer import Tokenizer
from nmt.training.checkpoint import TAGGER_FOLDER, job_keys, load_checkpoint, require_same_job
from nmt.training.compute import configure_torch, seed_torch
from nmt.training.config import TaggingConfig
from nmt.training.loop import Task, Validation
from nmt.training.processes import ALONE, Processes
from nmt.training.run import Progress, RunFolder, begin, run_training
from nmt.training.state import TrainingState
from nmt.training.tagging_task import TaggedCorpus, TaggerWithEncoder, tagging_task

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
    mixture = job.translations.mixture if job.translations else ()
    content = hashlib.sha256()
    for sentence in (*job.train, *job.valid):
        content.update(json.dumps([sentence.words, sentence.tags]).encode())
    return {
        "translator": model.part(weights_part(model)).sha256,
        "tagged sentences": content.hexdigest(),
        "translations": job.translations and job.translations.fingerprint,
        **({} if not mixture else {"corpora": [[part.pairs, part.weight] for part in mixture]}),
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


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with prefix, which is removed."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
