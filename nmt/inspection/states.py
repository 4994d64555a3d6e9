"""The encoder's states of the words of lines, and what is known of each word.

Shapes: N words, H hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from nmt.data.sentence import locate
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import EOS_ID, Tokenizer
from nmt.text.word_tokenizer import split_words

LONGEST = 200  # subwords of a line that are read


@dataclass(frozen=True, kw_only=True)
class WordStates:
    """Words in the order in which they stand: states [N, H], the line of each, and its share of the line before it."""

    states: NDArray[np.float32]
    words: Sequence[str]
    lines: Sequence[int]
    places: Sequence[float]


@torch.no_grad()
def word_states(network: TranslationNetwork, tokenizer: Tokenizer, lines: Sequence[str]) -> WordStates:
    """Read lines and take the state at the first subword of each word; words beyond LONGEST subwords are left out."""
    states, words, numbers, places = [], list[str](), list[int](), list[float]()
    for number, line in enumerate(lines):
        sentence = locate(tokenizer, line, split_words(line))
        ids = [*sentence.ids[:LONGEST], EOS_ID]
        memory = network.encode(torch.tensor([ids]), torch.tensor([len(ids)]))
        for place, (word, first) in enumerate(zip(sentence.words, sentence.first, strict=True)):
            if first < len(ids) - 1:
                states.append(memory.states[0, first].float().numpy())
                words.append(word)
                numbers.append(number)
                places.append(place / len(sentence.words))
    size = network.config.hidden_size
    return WordStates(states=np.array(states).reshape(-1, size), words=words, lines=numbers, places=places)
