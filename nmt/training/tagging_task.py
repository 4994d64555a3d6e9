"""The tagging task: with a frozen translator, with one that is trained too, or alternating with translation."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

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
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import PAD_ID, Tokenizer
from nmt.training.config import GUIDED_ATTENTION, TaggingConfig
from nmt.training.gradients import BatchLoss, LazyBatch
from nmt.training.loop import Task, Validation
from nmt.training.loss import AttentionGuide, translation_loss
from nmt.training.optimizer import learning_rate
from nmt.training.state import TrainingState


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
    """The batches of all epochs in turn, from batch number on; rows gives those of an epoch, one at least."""
    for epoch in count():
        batches = rows(epoch)
        yield from batches[number:]
        number = max(0, number - len(batches))


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
