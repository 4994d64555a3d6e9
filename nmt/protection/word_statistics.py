"""How training pairs treat each word: in how many pairs it stands, and in how many its translation has it too.

This tells names from other words: Tom is nearly always copied, Haus never, München seldom. Case matters: Stern is not
stern, and Reading not reading.
"""

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from typing import NamedTuple

from nmt.errors import ModelError
from nmt.protection.words import find_words

MOST_COUNTED = 1_000_000  # different words of a language held while counting; the rarest go when there are more
RICH, RARE = 20_000, 2  # words of a language, and pairs with one: see WordStatistics.rich
MOST_KEPT = 65_000  # of a language, and saved: reading them takes some 20 ms

_FORMAT = "word statistics 1"
_EXACT = 16  # counts up to here are saved as they are
_MOST_BYTES = 1 << 26  # of a part when decompressed: no malformed one may fill the memory


class Seen(NamedTuple):
    """In how many training pairs a word stands, and in how many of these the other side has the same word."""

    pairs: int
    copied: int


NEVER = Seen(0, 0)


@dataclass(frozen=True, kw_only=True)
class WordStatistics:
    """What was counted, by language; words that were never seen are not in it. Counts above 16 are rounded down
    to a power of two, with the copied ones to a sixteenth of it."""

    by_language: Mapping[str, Mapping[str, Seen]]

    def of(self, language: str) -> Mapping[str, Seen]:
        """The words of a language; of one that the model does not know, none."""
        return self.by_language.get(language, {})

    @cached_property
    def rich(self) -> frozenset[str]:
        """The languages of which so many words are told, rare ones too, that what is missing was never seen."""
        return frozenset(
            language
            for language, words in self.by_language.items()
            if len(words) >= RICH and any(seen.pairs <= RARE for seen in words.values())
        )

    def joined_with(self, other: "WordStatistics") -> "WordStatistics":
        """Those of two corpora, with each word as in the one that has it in more pairs: both may be the same text."""
        languages = self.by_language.keys() | other.by_language.keys()
        return WordStatistics(
            by_language={language: _joined(self.of(language), other.of(language)) for language in languages}
        )

    def to_bytes(self) -> bytes:
        """The statistics as a part of a model folder, each language compressed by itself."""
        parts = {language: _packed(words) for language, words in sorted(self.by_language.items())}
        header = " ".join([_FORMAT, *(f"{language} {len(part)}" for language, part in parts.items())])
        return b"".join([header.encode(), b"\n", *parts.values()])

    @classmethod
    def from_bytes(cls, data: bytes, name: str, languages: Collection[str] | None = None) -> "WordStatistics":
        """Read what to_bytes wrote, of all languages or only of some: a large one takes 10 ms.

        Raises ModelError, which says the name, for anything else.
        """
        try:
            parts = _parts(data)
            chosen = parts if languages is None else [language for language in parts if language in languages]
            return cls(by_language={language: _unpacked(parts[language]) for language in chosen})
        except (ValueError, zlib.error) as error:
            raise ModelError(f"{name}: does not hold word statistics ({error}); train the model again") from error


def learn(pairs: Iterable[tuple[str, str]], languages: tuple[str, str]) -> WordStatistics:
    """Count the words of training pairs, the sides of which are in these languages, in one pass and bounded memory.

    A genitive counts for its name: Toms, where the other side has Tom.
    """
    counters = _Counter(), _Counter()
    for pair in pairs:
        source, target = (set(find_words(text)) for text in pair)
        counters[0].count(source, target)
        counters[1].count(target, source)
    return WordStatistics(
        by_language={language: counter.result() for language, counter in zip(languages, counters, strict=True)}
    )


class _Counter:
    """Counts the words of one side. After "Lossy counting" by Manku and Motwani (2002), rare ones may be forgotten."""

    def __init__(self) -> None:
        self.pairs: Counter[str] = Counter()
        self.copied: Counter[str] = Counter()
        self.floor = 0  # words in so many pairs may have been forgotten

    def count(self, words: set[str], other: set[str]) -> None:
        capitalised = {word for word in words if not word.islower()}
        genitives = {word for word in capitalised - other if word[-1] == "s" and word[:-1] in other and len(word) > 3}
        bases = {word[:-1] for word in genitives}
        self.pairs.update(words - genitives | bases)
        self.copied.update(bases | {word for word in capitalised if word in other or word + "s" in other})
        if len(self.pairs) > MOST_COUNTED:
            self._forget()

    def _forget(self) -> None:
        while len(self.pairs) > MOST_COUNTED // 2:
            self.floor += 1
            self.pairs = Counter({word: pairs for word, pairs in self.pairs.items() if pairs > self.floor})
        self.copied = Counter({word: copied for word, copied in self.copied.items() if word in self.pairs})

    def result(self) -> dict[str, Seen]:
        return {word: _rounded(self.pairs[word], self.copied[word]) for word in _most_frequent(self.pairs)}


def _joined(own: Mapping[str, Seen], other: Mapping[str, Seen]) -> dict[str, Seen]:
    both = {word: max(own.get(word, NEVER), other.get(word, NEVER)) for word in own.keys() | other.keys()}
    return {word: both[word] for word in _most_frequent({word: seen.pairs for word, seen in both.items()})}


def _most_frequent(pairs: Mapping[str, int]) -> list[str]:
    return sorted(pairs, key=lambda word: (-pairs[word], word))[:MOST_KEPT]


def _rounded(pairs: int, copied: int) -> Seen:
    """Counts as they are saved: few different ones take little room, and words are read a group at a time."""
    if pairs <= _EXACT:
        return Seen(pairs, copied)
    rounded = 1 << pairs.bit_length() - 1
    return Seen(rounded, copied * _EXACT // pairs * rounded // _EXACT)


def _packed(words: Mapping[str, Seen]) -> bytes:
    """The words, those of a count together, after a line that says how many have which."""
    ordered = sorted(words, key=lambda word: (words[word], word))
    groups = Counter(words.values())
    counts = " ".join(f"{seen.pairs} {seen.copied} {groups[seen]}" for seen in sorted(groups))
    return zlib.compress(f"{counts}\n{' '.join(ordered)}".encode(), 9)


def _unpacked(part: bytes) -> dict[str, Seen]:
    decompressor = zlib.decompressobj()
    text = decompressor.decompress(part, _MOST_BYTES).decode()
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("a part is cut short or too long")
    counts, _, words = text.partition("\n")
    numbers = iter(map(int, counts.split()))
    groups = [(Seen(pairs, copied), number) for pairs, copied, number in zip(numbers, numbers, numbers, strict=True)]
    seen = chain.from_iterable(repeat(each, number) for each, number in groups)
    return dict(zip(words.split(), seen, strict=True))


def _parts(data: bytes) -> dict[str, bytes]:
    header, _, rest = data.partition(b"\n")
    described, parts = header.decode().removeprefix(f"{_FORMAT} ").split(" "), {}
    if not header.startswith(f"{_FORMAT} ".encode()):
        raise ValueError(f"it does not begin with {_FORMAT!r}")
    for language, size in zip(described[::2], described[1::2], strict=True):
        parts[language], rest = rest[: int(size)], rest[int(size) :]
    if rest:
        raise ValueError("it is too long")
    return parts
