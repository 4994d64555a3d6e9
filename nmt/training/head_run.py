"""What the training of any head on a translator's encoder does in its folder: how it resumes, and what it saves."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.errors import ConfigError, ModelError
from nmt.model_folder import store
from nmt.model_folder.contents import OpenedModel, weights_part
from nmt.model_folder.manifest import CHECKPOINT
from nmt.model_folder.parts import DESCRIPTION, HEAD_PARTS, INT8, TRANSLATOR
from nmt.model_folder.tensors import to_bytes
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import Tokenizer
from nmt.training.checkpoint import load_checkpoint, require_same_job
from nmt.training.config import HeadConfig
from nmt.training.head_task import Network
from nmt.training.run import RunFolder
from nmt.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class HeadJob:
    """A head to train, and its translator."""

    model: Path  # the folder of the translator
    out: Path  # the folder to save in, the same one or another
    translations: TokenizedCorpus | None = None  # for joint training

    head: ClassVar[str]  # its name, of which those of its parts are made
    section: ClassVar[str]  # of the configuration, with the settings:

    @property
    def settings(self) -> HeadConfig:
        """How it is trained."""
        raise NotImplementedError

    @property
    def prefix(self) -> str:
        """Of what its training keeps in the folder."""
        return f"{self.head}-"

    @property
    def in_place(self) -> bool:
        """Whether the head is saved in the translator's own folder."""
        return self.out.exists() and self.out.samefile(self.model)


def check_head(job: HeadJob) -> None:
    """Raise ConfigError if settings contradict each other or the folder."""
    section, settings = job.section, job.settings
    if settings.encoder != "frozen" and job.in_place:
        raise ConfigError(
            f"{section}.encoder is {settings.encoder!r}, which changes the translator; name another folder with --out"
        )
    if settings.encoder == "frozen" and settings.start == "random" and job.in_place:
        raise ConfigError(f"{section}.start is 'random', which replaces the translator; name another folder with --out")
    if (settings.encoder == "joint") != (job.translations is not None):
        raise ConfigError(
            f"{section}.encoder = 'joint' and a folder of translations (--data) need each other; give both or neither"
        )


def prepared_translator(
    translator: TranslationNetwork, source: Tokenizer, target: Tokenizer, config: HeadConfig
) -> TranslationNetwork:
    """The translator with the dropout for this training, and with new weights if it is to start at random."""
    settings = ModelConfig(**{**asdict(translator.config), "word_dropout": config.word_dropout})
    prepared = TranslationNetwork(settings, source.vocab_size, target.vocab_size, source is target)
    if config.start == "translation":
        prepared.load_state_dict(translator.state_dict())
    return prepared


def head_identity(job: HeadJob, model: store.ModelFolder) -> dict[str, Any]:
    """What must be unchanged for resumed training to give the same weights, without the head's data and settings."""
    mixture = job.translations.mixture if job.translations else ()
    return {
        "translator": model.part(weights_part(model)).sha256,
        "translations": job.translations and job.translations.fingerprint,
        **({} if not mixture else {"corpora": [[part.pairs, part.weight] for part in mixture]}),
    }


def resume_head(
    state: TrainingState[Network],
    job: HeadJob,
    folder: RunFolder,
    added: Mapping[str, Any],
) -> None:
    """Restore the state of the folder's checkpoint; save a first one in an empty folder.

    added are settings that older checkpoints lack, with the value that they imply. Raises ConfigError if training of
    another job was begun there, and ModelError if another model would be replaced.
    """
    name = f"{job.prefix}{CHECKPOINT}"
    checkpoint = load_checkpoint(job.out, name)
    if checkpoint is None:
        if not job.in_place:
            if store.exists(job.out):  # it is written after the first checkpoint
                raise ModelError(
                    f"{job.out}: holds another model, and no {job.head} training to resume; choose another folder"
                )
            folder.save(state)  # so that a kill never leaves a model without a checkpoint
        return
    tensors, numbers = checkpoint
    begun = f"{job.out}: its {job.head}'s training was begun"
    advice = f"remove {job.out / name} to begin again" if job.in_place else "choose another folder"
    require_same_job(added | numbers["job"], folder.identity, begun, advice)
    state.load_state_dict(tensors, numbers["state"])


def save_head(
    job: HeadJob,
    make_parts: Callable[[bytes], dict[str, bytes]],
    opened: OpenedModel,
    state: TrainingState[Network],
) -> None:
    """Save the head, in a folder other than the translator's together with the parts of that model.

    make_parts gives the head's parts for its weights. Other heads are left out where the encoder that they read has
    changed.
    """
    weights = state.weights()
    parts = make_parts(to_bytes(_under(f"{job.head}.", weights)))
    if job.in_place:
        store.update(job.out, parts)
        return
    frozen = job.settings.encoder == "frozen"
    changed = not frozen or job.settings.start == "random"
    if frozen:
        weights = {f"translator.{name}": p for name, p in state.model.encoder.named_parameters()}
    parts[TRANSLATOR] = to_bytes(_under("translator.", weights))
    made = {INT8, *parts, *(HEAD_PARTS if changed else ())}  # not copied: an engine may be out of date
    kept = {name: opened.folder.read(name) for name in opened.folder.parts if name not in made}
    if changed:
        found = {name: value for name, value in opened.description["training"].items() if not name.startswith("valid_")}
        kept[DESCRIPTION] = json.dumps(
            {**opened.description, "training": found}, indent=1
        ).encode()  # those were scores of other weights
    store.save(job.out, kept | parts)


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with prefix, which is removed."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
