"""A tagger's training in its folder: what it is given, how it resumes, and what it saves."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from nmt.data.bio_tags import bio_tags
from nmt.data.ner_corpus import TaggedSentence
from nmt.data.sentence import Alphabet, locate
from nmt.engines.networks import load_network
from nmt.errors import DataError
from nmt.model_folder import store
from nmt.model_folder.contents import OpenedModel, open_model, tagger_parts
from nmt.model_folder.descriptions import TaggerDescription
from nmt.models.config import TaggerConfig
from nmt.models.tagger import TaggingHead
from nmt.text.detokenizer import detokenize
from nmt.text.tokenizer import Tokenizer
from nmt.training.checkpoint import job_keys
from nmt.training.compute import configure_torch, seed_torch
from nmt.training.config import TaggingConfig
from nmt.training.head_run import HeadJob, check_head, head_identity, prepared_translator, resume_head, save_head
from nmt.training.loop import Task, Validation
from nmt.training.processes import ALONE, Processes
from nmt.training.run import Progress, RunFolder, begin, run_training
from nmt.training.state import TrainingState
from nmt.training.tagging_task import TaggedCorpus, TaggerWithEncoder, tagging_task

ADDED = {
    "tagging.shards": 0,
    "tagger.recurrent": False,
}  # to a job's identity, later; older checkpoints imply this value


@dataclass(frozen=True, kw_only=True)
class TaggingJob(HeadJob):
    """A tagger to train, its data, and its translator."""

    head = "tagger"
    section = "tagging"

    tagger: TaggerConfig
    tagging: TaggingConfig
    labels: Mapping[str, str]  # labels of the corpora, mapped to the tagger's; saved for evaluation
    train: Sequence[TaggedSentence]
    valid: Sequence[TaggedSentence]

    @property
    def settings(self) -> TaggingConfig:
        """See HeadJob."""
        return self.tagging


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
    check_head(job)
    if not any(tag != "O" for sentence in job.train for tag in sentence.tags):
        raise DataError("no name is tagged in the training sentences; check the tag column and the [labels]")
    settings = job.tagging
    configure_torch(settings.threads)
    seed_torch(settings.seed)
    opened = open_model(job.model)
    tokenizer = opened.source_tokenizer
    translator = prepared_translator(load_network(opened, device), tokenizer, opened.target_tokenizer, settings)
    translator = translator.to(device)
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
    folder = RunFolder(path=job.out, identity=_identity(job, opened.folder), prefix=job.prefix)
    begin(state, folder.identity, partial(_resume, state, task, job, folder), processes)
    return run_training(task, state, folder, report, stop, processes)


def _corpus(sentences: Sequence[TaggedSentence], tokenizer: Tokenizer) -> TaggedCorpus:
    """Sentences, detokenized, as subwords."""
    return TaggedCorpus(
        sentences=[locate(tokenizer, *detokenize(sentence.words)) for sentence in sentences],
        tags=[sentence.tags for sentence in sentences],
        untagged=[sentence.untagged for sentence in sentences],
    )


def _identity(job: TaggingJob, model: store.ModelFolder) -> dict[str, Any]:
    """What must be unchanged for resumed training to give the same weights."""
    content = hashlib.sha256()
    for sentence in (*job.train, *job.valid):
        content.update(json.dumps([sentence.words, sentence.tags, *sorted(sentence.untagged)]).encode())
    return {
        **head_identity(job, model),
        "tagged sentences": content.hexdigest(),
        **job_keys(tagger=job.tagger, tagging=job.tagging),
    }


def _resume(
    state: TrainingState[TaggerWithEncoder], task: Task[TaggerWithEncoder], job: TaggingJob, folder: RunFolder
) -> None:
    """Restore the state of the folder's checkpoint, as resume_head does."""
    resume_head(state, job, folder, ADDED)
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
    description: TaggerDescription = {
        "tagger": asdict(job.tagger),
        "types": list(types),
        "alphabet": state.model.alphabet.characters,
        "labels": dict(job.labels),
        "training": {"sentences": len(job.train), "valid_f1": validation.figures["f1"], **asdict(job.tagging)},
    }
    save_head(job, partial(tagger_parts, description), opened, state)
