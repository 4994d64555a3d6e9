"""A sentence as a tagger sees it: subwords, words over them, and the spelling of each word."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nmt.text.tokenizer import Tokenizer
from nmt.text.word_tokenizer import word_pieces

LONGEST_SPELLING = 40  # characters; the rest of a word is ignored


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A line's subwords, without EOS, and its words with their places among the subwords."""

    ids: list[int]
    first: list[int]  # index of each word's first subword; that of EOS for a word without subwords
    last: list[int]
    words: list[str]


def locate(tokenizer: Tokenizer, line: str, words: Sequence[tuple[int, int]]) -> Sentence:
    """Encode a line and find the subwords of its words, which are given by their offsets."""
    ids, pieces = word_pieces(tokenizer, line, words)
    found = [(len(ids), len(ids)) if piece is None else piece for piece in pieces]
    return Sentence(
        ids=ids,
        first=[first for first, _ in found],
        last=[last for _, last in found],
        words=[line[start:end] for start, end in words],
    )


class Alphabet:
    """The characters that a tagger knows, numbered; 0 stands for all others."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self._numbers = {character: number for number, character in enumerate(characters, start=1)}

    @classmethod
    def of(cls, words: Iterable[str], least: int = 3) -> "Alphabet":
        """The characters that occur at least so often (least) in words, the most frequent first."""
        counts = Counter(character for word in words for character in word)
        known = [character for character, count in counts.items() if count >= least]
        return cls("".join(sorted(known, key=lambda character: (-counts[character], character))))

    def __len__(self) -> int:
        return len(self.characters) + 1

    def spell(self, word: str) -> list[int]:
        """The numbers of a word's characters."""
        return [self._numbers.get(character, 0) for character in word[:LONGEST_SPELLING]]
