"""The classification task: with a frozen translator, with one that is trained too, or alternating with translation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from nmt.data.batch import pad
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.decoding.classifier import ClassificationModel, label_scores
from nmt.engines.networks import weights_of
from nmt.engines.torch_states import TorchStates
from nmt.metrics.classification import score_labels
from nmt.models.classifier import ClassificationHead
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import EOS_ID, Tokenizer
from nmt.training.config import ClassificationConfig
from nmt.training.gradients import BatchLoss
from nmt.training.head_task import EncoderWithHead, head_rate, head_updates, total_updates
from nmt.training.loop import Task, Validation
from nmt.training.state import TrainingState


@dataclass(frozen=True, kw_only=True)
class LabelledCorpus:
    """Lines as subwords, and the numbers of their labels."""

    sources: Sequence[Sequence[int]]
    labels: Sequence[int]


class ClassifierWithEncoder(EncoderWithHead):
    """A classifier in training."""

    classifier: ClassificationHead

    def __init__(
        self,
        translator: TranslationNetwork,
        classifier: ClassificationHead,
        frozen: bool,
        *,
        tokenizer: Tokenizer,
        labels: Sequence[str],
    ) -> None:
        super().__init__("classifier", classifier, translator, frozen=frozen)
        self.tokenizer, self.labels = tokenizer, labels

    def classification_model(self) -> ClassificationModel:
        """A classifier with the current weights, without a temperature."""
        return ClassificationModel(
            tokenizer=self.tokenizer,
            labels=self.labels,
            temperature=1.0,
            head=weights_of(self.classifier),
            states=TorchStates(self.encoder),
        )


def classification_task(
    corpus: LabelledCorpus,
    valid: LabelledCorpus,
    translations: TokenizedCorpus | None,
    config: ClassificationConfig,
    save: Callable[[TrainingState[ClassifierWithEncoder], Validation], None],
) -> Task[ClassifierWithEncoder]:
    """The task of labelling lines, alternating with translation for joint training, given a function to save it."""
    lengths = [len(source) for source in corpus.sources]
    total = total_updates(lengths, config)
    return Task(
        config=config,
        total=total,
        updates=partial(head_updates, lengths, partial(_labelled_batch, corpus), translations, config),
        learning_rate=head_rate(config, total),
        validate=partial(_validate, valid),
        save=save,
        keep="last" if config.encoder == "joint" else "best",  # as for the tagger
    )


def _validate(valid: LabelledCorpus, network: ClassifierWithEncoder) -> Validation:
    """Macro F1, by which the best is chosen, and accuracy, in percent."""
    found = label_scores(network.classification_model(), valid.sources).argmax(axis=1)
    names = network.labels
    scores = score_labels([names[number] for number in valid.labels], [names[number] for number in found])
    return Validation(score=scores.macro_f1, figures={"macro_f1": scores.macro_f1, "accuracy": scores.accuracy})


def _labelled_batch(corpus: LabelledCorpus, rows: NDArray[np.int64], _seed: int) -> BatchLoss[ClassifierWithEncoder]:
    tokens = sum(len(corpus.sources[row]) + 1 for row in rows)
    loss = partial(_classification_loss, corpus, rows)
    return BatchLoss(name="label_loss", count=len(rows), tokens=tokens, compute=loss)


def _classification_loss(corpus: LabelledCorpus, rows: NDArray[np.int64], network: ClassifierWithEncoder) -> Tensor:
    """The summed negative log-probability of the labels of the given lines, in nats."""
    device = network.encoder.output_bias.device
    texts = [[*corpus.sources[row], EOS_ID] for row in rows]
    ids, lengths = pad(texts).to(device), torch.tensor([len(text) for text in texts], device=device)
    labels = torch.tensor([corpus.labels[row] for row in rows], device=device)
    with torch.set_grad_enabled(network.translator is not None):
        memory = network.encoder.encode(ids, lengths)
    return cross_entropy(network.classifier(memory).float(), labels, reduction="sum")
