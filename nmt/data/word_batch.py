"""Batches of sentences for a tagger.

Shapes: B batch, S source length in subwords, W words, U distinct words of the batch, C characters of a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nmt.data.batch import next_multiple, pad
from nmt.data.sentence import Alphabet, Sentence
from nmt.text.tokenizer import EOS_ID, PAD_ID

SPELLINGS = 32  # U is a multiple of it, for the same reason as for WIDTHS


@dataclass(frozen=True, kw_only=True)
class WordBatch:
    """Sentences padded to rectangles; every source ends with EOS."""

    source_ids: Tensor  # [B, S]
    source_lengths: Tensor  # [B]
    first: Tensor  # [B, W], index of each word's first subword
    last: Tensor  # [B, W]
    counts: Tensor  # [B], number of words in each sentence
    spellings: Tensor  # [B, W], the row of characters that spells each word
    characters: Tensor  # [U, C]
    spelling_lengths: Tensor  # [U]

    def to(self, device: torch.device) -> "WordBatch":
        """The same batch on a device."""
        return WordBatch(**{name: tensor.to(device, non_blocking=True) for name, tensor in vars(self).items()})


def make_word_batch(sentences: Sequence[Sentence], alphabet: Alphabet) -> WordBatch:
    """Pad sentences of one word or more."""
    rows: dict[str, int] = {}
    spellings = [[rows.setdefault(word, len(rows)) for word in sentence.words] for sentence in sentences]
    characters = [alphabet.spell(word) for word in rows]
    characters += [[PAD_ID]] * (next_multiple(len(rows), SPELLINGS) - len(rows))
    return WordBatch(
        source_ids=pad([[*sentence.ids, EOS_ID] for sentence in sentences]),
        source_lengths=torch.tensor([len(sentence.ids) + 1 for sentence in sentences]),
        first=pad([sentence.first for sentence in sentences]),
        last=pad([sentence.last for sentence in sentences]),
        counts=torch.tensor([len(sentence.words) for sentence in sentences]),
        spellings=pad(spellings),
        characters=pad(characters),
        spelling_lengths=torch.tensor([len(spelling) for spelling in characters]),
    )
