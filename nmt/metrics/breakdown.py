"""Scores of parts of a test set: by the length of sentences, and by how rare their words are."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nmt.metrics.bleu import References, score
from nmt.protection.words import find_words

LENGTHS = (1, 6, 11, 16, 21, 31, 41)  # words, the least of each bucket
COUNTS = (0, 1, 5, 16, 128, 1024)  # training pairs that have a word, the least of each bucket


@dataclass(frozen=True, kw_only=True)
class LengthBucket:
    """The scores of sentences of about the same length."""

    least: int
    most: int | None  # None for the last bucket, which has no end
    sentences: int
    bleu: float
    chrf: float  # chrF++


@dataclass(frozen=True, kw_only=True)
class RarityBucket:
    """How well words are translated that about as many training pairs have.

    A word of a translation is right if the reference of its line has it, each as often as the reference has it.
    """

    least: int
    most: int | None  # None for the last bucket
    words: int  # in the references
    precision: float  # in percent, as the others
    recall: float
    f1: float


@dataclass(frozen=True, kw_only=True)
class WordGain:
    """A word of the references that one system has right more often than another one."""

    word: str
    gain: int  # occurrences


def scores_by_length(
    hypotheses: Sequence[str], references: References, lengths: Sequence[int], *, language: str = ""
) -> list[LengthBucket]:
    """Score the sentences of each bucket of lengths that has any; lengths are those of the sources, say, in words."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        rows[_bucket(LENGTHS, max(length, LENGTHS[0]))].append(row)
    found = []
    for bucket, chosen in sorted(rows.items()):
        expected = [[lines[row] for row in chosen] for lines in references]
        if not any(line.strip() for lines in expected for line in lines):
            continue
        own = [hypotheses[row] for row in chosen]
        bleu, chrf = score(own, expected, metrics=("bleu", "chrf++"), language=language)
        least, most = _bounds(LENGTHS, bucket)
        found.append(LengthBucket(least=least, most=most, sentences=len(chosen), bleu=bleu.value, chrf=chrf.value))
    return found


def words_by_rarity(
    hypotheses: Sequence[str], reference: Sequence[str], count: Callable[[str], int]
) -> list[RarityBucket]:
    """Score the words of each bucket that the reference has some of; count says how many training pairs have a word."""
    right, ours, theirs = Counter[int](), Counter[int](), Counter[int]()
    for line, expected in zip(hypotheses, reference, strict=True):
        found, wanted = Counter(find_words(line)), Counter(find_words(expected))
        for counts, words in ((right, found & wanted), (ours, found), (theirs, wanted)):
            for word, number in words.items():
                counts[_bucket(COUNTS, count(word))] += number
    buckets = []
    for bucket in sorted(theirs):
        least, most = _bounds(COUNTS, bucket)
        buckets.append(
            RarityBucket(
                least=least,
                most=most,
                words=theirs[bucket],
                precision=100 * right[bucket] / max(1, ours[bucket]),
                recall=100 * right[bucket] / theirs[bucket],
                f1=200 * right[bucket] / (ours[bucket] + theirs[bucket]),
            )
        )
    return buckets


def word_gains(hypotheses: Sequence[str], baseline: Sequence[str], references: References) -> list[WordGain]:
    """The words that hypotheses have right more or less often than a baseline, the greatest gain first.

    A word is right as often as some reference of its line has it.
    """
    gains: Counter[str] = Counter()
    for line, before, expected in zip(hypotheses, baseline, zip(*references, strict=True), strict=True):
        wanted: Counter[str] = Counter()
        for reference in expected:
            wanted |= Counter(find_words(reference))
        gains.update(_right(line, wanted))
        gains.subtract(_right(before, wanted))
    return [WordGain(word=word, gain=gain) for word, gain in sorted(gains.items(), key=_greatest_gain) if gain]


def _greatest_gain(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _right(line: str, wanted: Mapping[str, int]) -> Counter[str]:
    return Counter(find_words(line)) & Counter(wanted)


def _bucket(edges: Sequence[int], value: int) -> int:
    """The number of the bucket, given the least value of each, that has a value."""
    return bisect_right(edges, value) - 1


def _bounds(edges: Sequence[int], bucket: int) -> tuple[int, int | None]:
    return edges[bucket], edges[bucket + 1] - 1 if bucket + 1 < len(edges) else None
