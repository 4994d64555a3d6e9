"""The tagging task: with a frozen translator, with one that is trained too, or alternating with translation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nmt.data.batch import pad
from nmt.data.sentence import Alphabet, Sentence
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.data.word_batch import make_word_batch
from nmt.decoding.tagger import TaggingModel, best_tags
from nmt.engines.torch_tagger import TorchTagger
from nmt.metrics.spans import score_spans
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import Tokenizer
from nmt.training.config import TaggingConfig
from nmt.training.gradients import BatchLoss
from nmt.training.head_task import EncoderWithHead, head_rate, head_updates, total_updates
from nmt.training.loop import Task, Validation
from nmt.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class TaggedCorpus:
    """Sentences and their tags."""

    sentences: Sequence[Sentence]
    tags: Sequence[Sequence[str]]
    untagged: Sequence[frozenset[str]]  # types that the corpus of each sentence does not tag


class TaggerWithEncoder(EncoderWithHead):
    """A tagger in training."""

    tagger: TaggingHead

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
        super().__init__("tagger", tagger, translator, frozen=frozen)
        self.tokenizer, self.alphabet, self.tags = tokenizer, alphabet, tags

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
    lengths = [len(sentence.ids) for sentence in corpus.sentences]
    total = total_updates(lengths, config)
    return Task(
        config=config,
        total=total,
        updates=partial(head_updates, lengths, partial(_tagging_batch, corpus), translations, config),
        learning_rate=head_rate(config, total),
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
    possible = _possible_tags(tags, [corpus.untagged[row] for row in rows], network.tags)
    return network.tagger.crf.loss(network.tagger(memory, batch), tags, batch.counts, possible)


def _possible_tags(given: Tensor, untagged: Sequence[frozenset[str]], tags: Sequence[str]) -> Tensor | None:
    """[B, W, L]: the tag of each word, given as [B, W], and beside O those of untagged types; None without such."""
    if not any(untagged):
        return None
    free = torch.tensor([[tag[2:] in types for tag in tags] for types in untagged], device=given.device)
    nothing = given == tags.index("O")
    return nn.functional.one_hot(given, len(tags)).bool() | nothing[:, :, None] & free[:, None]
