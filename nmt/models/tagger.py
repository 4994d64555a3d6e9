"""The tagging head: from the translator's encoder states to a score for each tag of each word.

As in the networks of Lample et al. (2016), a recurrent layer reads the words of a sentence, and a CRF their tags.

Shapes: B batch, S source length, H hidden, W words, L tags.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nmt.data.word_batch import WordBatch
from nmt.models.cells import Bidirectional
from nmt.models.config import Cell, TaggerConfig
from nmt.models.crf import CRF
from nmt.models.dropout import dropout
from nmt.models.encoder import Memory


class TaggingHead(nn.Module):
    """A hidden layer over the encoder states and the characters of each word, which gives the emissions of a CRF.

    It reads the words in turn, in both directions, or each by itself.
    """

    def __init__(self, config: TaggerConfig, cell: Cell, encoder_size: int, alphabet: int, tags: Sequence[str]) -> None:
        super().__init__()
        self.config = config
        size = config.characters
        if size:
            self.character_embedding = nn.Embedding(alphabet, size // 2)
            self.spelling = Bidirectional(cell, size // 2, size)
        if config.recurrent:
            self.sentence = Bidirectional(cell, encoder_size + size, config.hidden_size)
        else:
            self.hidden = nn.Linear(encoder_size + size, config.hidden_size)
        self.emit = nn.Linear(config.hidden_size, len(tags))
        self.crf = CRF(tags, config.crf)

    def forward(self, memory: Memory, words: WordBatch) -> Tensor:
        """Emissions [B, W, L] for the words of encoded sentences; those of padding are meaningless."""
        x = read_words(memory.states, words.first, words.last)
        if self.config.characters:
            x = torch.cat([x, self._spellings(words).to(x.dtype)], dim=-1)
        x = dropout(x, self.config.dropout, self.training)
        x = self.sentence(x, words.counts) if self.config.recurrent else torch.tanh(self.hidden(x))
        emissions: Tensor = self.emit(dropout(x, self.config.dropout, self.training))
        return emissions

    def _spellings(self, words: WordBatch) -> Tensor:
        """[B, W, size]: features from the characters of each word."""
        states = self.spelling(self.character_embedding(words.characters), words.spelling_lengths)
        last = words.spelling_lengths[:, None] - 1
        read: Tensor = read_words(states, torch.zeros_like(last), last)[:, 0]
        return read[words.spellings]


def read_words(states: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """[B, W, H] from the states [B, S, H] of a bidirectional layer: each direction after it has read the whole word.

    That is the forward half of the state at the word's last position, and the backward half at its first.
    """
    half = states.shape[-1] // 2
    forward = states[..., :half].gather(1, last[..., None].expand(-1, -1, half))
    backward = states[..., half:].gather(1, first[..., None].expand(-1, -1, half))
    return torch.cat([forward, backward], dim=-1)
