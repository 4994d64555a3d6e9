"""The tagging network in torch: emissions for sentences.

Shapes: B batch, W words, L tags.
"""

from collections.abc import Sequence

import torch

from nmt.data.sentence import Alphabet, Sentence
from nmt.data.word_batch import make_word_batch
from nmt.engines.base import Floats
from nmt.engines.torch import LEAST_ROWS
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork


class TorchTagger:
    """Gives emissions [W, L] for each of a few sentences, in float32, whatever stands beside them."""

    def __init__(self, translator: TranslationNetwork, tagger: TaggingHead, alphabet: Alphabet) -> None:
        self._translator = translator.eval()
        self._tagger = tagger.eval()
        self._alphabet = alphabet
        self._device = translator.output_bias.device

    @torch.no_grad()
    def __call__(self, sentences: Sequence[Sentence]) -> list[Floats]:
        """Emissions for sentences of one word or more."""
        rows = [*sentences, *[sentences[0]] * max(0, LEAST_ROWS - len(sentences))]
        batch = make_word_batch(rows, self._alphabet).to(self._device)
        memory = self._translator.encode(batch.source_ids, batch.source_lengths)
        emissions = self._tagger(memory, batch).cpu().numpy()
        return [row[: len(sentence.words)] for row, sentence in zip(emissions, sentences, strict=False)]
