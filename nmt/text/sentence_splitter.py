"""Split long lines into parts that a model can translate: paragraphs into sentences, long sentences into clauses."""

import re
from collections.abc import Callable
from itertools import pairwise

from sentencex import segment

_ANY_SPACE = re.compile(r"\s")
_WINDOW = 4096  # characters

# Where to split a long sentence, best first: after a strong pause, after a comma, at a space, anywhere. Marks that
# occur in times, numbers and addresses need a space after them.
_CUTS = [
    re.compile(pattern)
    for pattern in (
        r"(?<=[;:])\s+|(?<=[—…。！？；：])\s*",
        r"(?<=,)\s+|(?<=[，、،])\s*",
        r"(?<!\s)\s+",
        r"(?s:(?<=.))",
    )
]


def split_line(
    text: str, language: str, sentence_fits: Callable[[str], bool], part_fits: Callable[[str], bool]
) -> list[str]:
    """Split a line into parts in order, none of them blank; nothing but spaces between them is lost.

    A line that satisfies sentence_fits stays whole. Others are split into sentences, and sentences that do not satisfy
    part_fits are split at pauses, then at spaces, then anywhere.
    """
    text = text.strip()
    if not text or sentence_fits(text):
        return [text] if text else []
    edges = [*sentence_starts(text, language), len(text)]
    sentences = (text[start:end].strip() for start, end in pairwise(edges))
    return [part for sentence in sentences if sentence for part in _cut(sentence, part_fits, 0)]


def sentence_starts(text: str, language: str) -> list[int]:
    """The offsets, in characters, at which the sentences of a text start; the first is 0. An empty text has none.

    The text is processed in windows, each beginning at the last sentence of the one before, because sentencex takes
    quadratic time for some lines.
    """
    # sentencex crashes on spaces of three bytes after initials ("A.", U+2028).
    text = _ANY_SPACE.sub(" ", text)
    starts = [0] if text else []
    start = 0
    while start < len(text):
        end = start + _WINDOW
        *complete, last = map(len, segment(language.split("-")[0], text[start:end]))
        for length in complete:
            start += length
            starts.append(start)
        if not complete or end >= len(text):
            start += last  # inside a sentence that is longer than a window, or at the end of the text
    return starts


def _cut(text: str, fits: Callable[[str], bool], level: int) -> list[str]:
    """Split a text near its middle, at the best available place, and repeat until all parts fit."""
    if len(text) < 2 or fits(text):
        return [text]
    while (place := _nearest_to_middle(_CUTS[level], text)) is None:
        level += 1
    end, start = place
    return _cut(text[:end], fits, level) + _cut(text[start:], fits, level)


def _nearest_to_middle(cut: re.Pattern[str], text: str) -> tuple[int, int] | None:
    """Start and end of the match nearest to the middle that has text on both sides; None if there is none.

    The search begins around the middle, because a line of a megabyte may have a million matches.
    """
    middle, reach = len(text) // 2, 64
    while True:
        near = cut.finditer(text, max(0, middle - reach), middle + reach)
        whole = (cut.match(text, match.start()) for match in near)  # the search window may end inside a match
        places = [match.span() for match in whole if match and match.start() > 0 and match.end() < len(text)]
        if places:
            return min(places, key=lambda span: abs(span[0] - len(text) / 2))
        if reach > middle:
            return None
        reach *= 8
