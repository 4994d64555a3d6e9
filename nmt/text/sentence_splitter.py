"""Long lines cut into parts that a model can translate: a paragraph into sentences, a long sentence into clauses."""

import re
from collections.abc import Callable
from itertools import pairwise

from sentencex import segment

_ANY_SPACE = re.compile(r"\s")
_WINDOW = 4096  # characters

# Where to cut a long sentence, best first: after a strong pause, after a comma, at a space, anywhere. Marks that stand
# in times, numbers and addresses need a space after them.
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
    """Cut a line into parts, in order, none of them blank; together they are the whole text but for spaces at the cuts.

    A line stays whole if it satisfies sentence_fits. Otherwise it is cut into sentences, and sentences that do not
    satisfy part_fits are cut at pauses, then at spaces, then anywhere.
    """
    text = text.strip()
    if not text or sentence_fits(text):
        return [text] if text else []
    edges = [*sentence_starts(text, language), len(text)]
    sentences = (text[start:end].strip() for start, end in pairwise(edges))
    return [part for sentence in sentences if sentence for part in _cut(sentence, part_fits, 0)]


def sentence_starts(text: str, language: str) -> list[int]:
    """Where the sentences of a text start, in characters; the first is 0. A text without characters has none.

    The text is looked at a window at a time, each beginning where the last sentence of the one before did, since
    sentencex takes quadratic time for some lines.
    """
    # sentencex dies of wider spaces behind initials ("A.", U+2028), which are three bytes long.
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
            start += last  # in the middle of a sentence that is longer than a window, or at the end of the text
    return starts


def _cut(text: str, fits: Callable[[str], bool], level: int) -> list[str]:
    """Halve a text near its middle, again and again, at the best kind of cut that there is."""
    if len(text) < 2 or fits(text):
        return [text]
    while (place := _nearest_to_middle(_CUTS[level], text)) is None:
        level += 1
    end, start = place
    return _cut(text[:end], fits, level) + _cut(text[start:], fits, level)


def _nearest_to_middle(cut: re.Pattern[str], text: str) -> tuple[int, int] | None:
    """Where the cut nearest to the middle starts and ends, with text on both sides of it; None if there is none.

    Looks around the middle first, since a line of a megabyte may have a million places.
    """
    middle, reach = len(text) // 2, 64
    while True:
        near = cut.finditer(text, max(0, middle - reach), middle + reach)
        whole = (cut.match(text, match.start()) for match in near)  # the search may have ended inside of it
        places = [match.span() for match in whole if match and match.start() > 0 and match.end() < len(text)]
        if places:
            return min(places, key=lambda span: abs(span[0] - len(text) / 2))
        if reach > middle:
            return None
        reach *= 8
