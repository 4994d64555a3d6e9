"""Training the tagger: beside a translator that stays as it is, with one that changes, or on both tasks in turns.

Everything random in an update is seeded by (seed, update), as in the translator's training, so that a resumed training
ends in the same weights as an undisturbed one.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt.data.batch import WIDTHS, Batch, cut, next_multiple, pad
from nmt.data.sentence import Alphabet, Sentence
from nmt.data.tokenized_corpus import TokenizedCorpus, batch_rows
from nmt.data.word_batch import make_word_batch
from nmt.decoding.tagger import TaggingModel, best_tags
from nmt.engines.torch_tagger import TorchTagger
from nmt.metrics.spans import score_spans
from nmt.models.tagger import Tagger
from nmt.models.translator import Translator
from nmt.text.tokenizer import PAD_ID, Tokenizer
from nmt.training.config import TaggingConfig
from nmt.training.loss import translation_loss
from nmt.training.optimizer import learning_rate
from nmt.training.precision import autocast
from nmt.training.seeds import seed_torch
from nmt.training.state import TrainingState

Task = Literal["tag", "translate"]


@dataclass(frozen=True, kw_only=True)
class TaggedCorpus:
    """Sentences and their tags."""

    sentences: Sequence[Sentence]
    tags: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class TaggingUpdate:
    """What one update did."""

    update: int
    epoch: int  # of the tagged sentences, counted from 1
    task: Task
    loss: float  # nats a tagged sentence, or a target subword
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class TaggingValidation:
    """How good the tagger is on the validation set."""

    update: int
    epoch: int  # epochs done
    f1: float  # exact spans, in percent


class Heads(nn.Module):
    """What learns: the tagging head, and the translator under it unless that is frozen."""

    def __init__(
        self,
        translator: Translator,
        tagger: Tagger,
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
        self._shared = (translator,)  # in a tuple, which keeps a frozen one's weights out of this module's

    @property
    def encoder(self) -> Translator:
        """The translator whose encoder is read, frozen or not."""
        return self._shared[0]

    def tagging_model(self) -> TaggingModel:
        """A tagger with the weights as they are now."""
        return TaggingModel(
            tokenizer=self.tokenizer,
            alphabet=self.alphabet,
            tags=self.tags,
            transitions=self.tagger.crf.transitions().detach().cpu().numpy(),
            emissions=TorchTagger(self.encoder, self.tagger, self.alphabet),
            labels={},
        )


def train_tagger(
    state: TrainingState[Heads],
    corpus: TaggedCorpus,
    valid: TaggedCorpus,
    translations: TokenizedCorpus | None,
    config: TaggingConfig,
) -> Iterator[TaggingUpdate | TaggingValidation]:
    """Train from where the state stands to the end; report each update, and a validation after each epoch.

    The state is whole at every report. Raises NMTError when the loss or the gradient is not a finite number.
    """
    device = state.model.encoder.output_bias.device
    tagged = _Batches(lambda epoch: tagging_rows(corpus, config, epoch))
    translated = translations and _Batches(
        lambda epoch: batch_rows(translations, config.translation_batch_tokens, config.seed, epoch)
    )
    total = total_updates(corpus, config)
    while True:
        epoch, position = divmod(state.update - _translations(state.update, config), tagged.each)
        if position == 0 and epoch > state.validated:
            state.validated = epoch
            with state.with_weights() as heads:
                heads.eval()
                f1 = validation_f1(heads.tagging_model(), valid)
            validation = TaggingValidation(update=state.update, epoch=epoch, f1=f1)
            yield validation
        if state.update >= total or (config.patience and state.worse >= config.patience):
            return
        update = state.update + 1
        seed_torch(config.seed * 1_000_003 + update)
        rate = learning_rate(update, config.learning_rate, "cosine", config.warmup, total)
        state.model.train()
        with autocast(config.precision, device):
            if translations and translated and _translations(update, config) > _translations(state.update, config):
                task: Task = "translate"
                rows = translated.rows(_translations(state.update, config))
                loss = _translation_loss(state.model, translations.batch(rows), config.label_smoothing)
            else:
                task = "tag"
                rows = tagged.rows(epoch * tagged.each + position)
                loss = _tagging_loss(state.model, corpus, rows)
        loss.backward()
        state.apply_gradients(loss.item(), rate, config.max_grad_norm, config.ema_decay)
        yield TaggingUpdate(update=update, epoch=epoch + 1, task=task, loss=loss.item(), learning_rate=rate)


def total_updates(corpus: TaggedCorpus, config: TaggingConfig) -> int:
    """How many updates a training makes if it does not stop early."""
    tagging = len(tagging_rows(corpus, config, 0)) * config.epochs
    total = tagging
    while total - _translations(total, config) < tagging:
        total += 1
    return total


def validation_f1(model: TaggingModel, valid: TaggedCorpus) -> float:
    """Micro F1 of exact spans, in percent."""
    return score_spans(valid.tags, [tags for tags, _ in best_tags(model, valid.sentences)]).micro.f1


def tagging_rows(corpus: TaggedCorpus, config: TaggingConfig, epoch: int) -> list[NDArray[np.int64]]:
    """One epoch cut into batches of sentences of like length, in an order set by seed and epoch.

    Every epoch has as many.
    """
    random = np.random.default_rng([config.seed, epoch])
    widths = np.array([next_multiple(len(sentence.ids) + 1, WIDTHS) for sentence in corpus.sentences])
    order = random.permutation(len(widths))
    order = order[np.argsort(widths[order], kind="stable")]
    batches = [order[rows] for rows in cut(widths[order], config.batch_tokens)]
    return [batches[index] for index in random.permutation(len(batches))]


class _Batches:
    """Batches by their number, counted through the epochs."""

    def __init__(self, make: Callable[[int], list[NDArray[np.int64]]]) -> None:
        self._make = make
        self._epoch, self._batches = 0, make(0)
        self.each = len(self._batches)  # batches of an epoch

    def rows(self, number: int) -> NDArray[np.int64]:
        """The rows of a batch."""
        epoch, position = divmod(number, self.each)
        if epoch != self._epoch:
            self._epoch, self._batches = epoch, self._make(epoch)
        return self._batches[position]


def _translations(updates: int, config: TaggingConfig) -> int:
    """How many of the first updates are of the translation task: those are spread evenly."""
    return math.floor(updates * config.translation_share) if config.encoder == "joint" else 0


def _tagging_loss(heads: Heads, corpus: TaggedCorpus, rows: NDArray[np.int64]) -> Tensor:
    """Mean negative log-probability of the tags of the given sentences, in nats a sentence."""
    batch = make_word_batch([corpus.sentences[row] for row in rows], heads.alphabet)
    tags = pad([[heads.tags.index(tag) for tag in corpus.tags[row]] for row in rows])
    device = heads.encoder.output_bias.device
    batch, tags = batch.to(device), tags.to(device)
    if heads.translator is None:
        heads.encoder.eval()
    with torch.set_grad_enabled(heads.translator is not None):
        memory = heads.encoder.encode(batch.source_ids, batch.source_lengths)
    return heads.tagger.crf.loss(heads.tagger(memory, batch), tags, batch.counts) / len(rows)


def _translation_loss(heads: Heads, batch: Batch, smoothing: float) -> Tensor:
    """Mean smoothed cross-entropy, in nats a target subword."""
    batch = batch.to(heads.encoder.output_bias.device)
    return translation_loss(heads.encoder, batch, smoothing) / (batch.next_ids != PAD_ID).sum()
