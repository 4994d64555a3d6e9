"""Split long lines into parts that a model can translate: paragraphs into sentences, long sentences into clauses."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

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


def split_long(
    text: str, fits: Callable[[int, int], bool], whole: Sequence[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """Cut a text into ranges (start, end), in order, that satisfy fits; only spaces are between and around them.

    It is halved near its middle, again and again, at the best kind of cut that there is: after a strong pause, after
    a comma, at a space, anywhere. What is in whole, ranges in order, is cut only where nothing else is left.
    """
    return list(_split(text, 0, len(text), fits, whole, 0))


def _split(
    text: str,
    start: int,
    end: int,
    fits: Callable[[int, int], bool],
    whole: Sequence[tuple[int, int]],
    level: int,
) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if end - start < 2 or fits(start, end):
        if start < end:
            yield start, end
        return
    while (place := _nearest_to_middle(_CUTS[level % len(_CUTS)], text, start, end, whole)) is None:
        level += 1
        if level == len(_CUTS):
            whole = ()
    before, behind = place
    yield from _split(text, start, before, fits, whole, level)
    yield from _split(text, behind, end, fits, whole, level)


def _nearest_to_middle(
    cut: re.Pattern[str], text: str, start: int, end: int, whole: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Where the cut of text[start:end] nearest to its middle starts and ends; None if there is none.

    Text is on both sides of it, and it is in nothing that is to stay whole. Looks around the middle first, since a
    line of a megabyte may have a million places.
    """
    middle, reach = (start + end) // 2, 64
    while True:
        near = cut.finditer(text, max(start, middle - reach), min(end, middle + reach))
        found = (cut.match(text, match.start(), end) for match in near)  # the search may have ended inside of it
        places = [match.span() for match in found if match and match.start() > start and match.end() < end]
        if free := [place for place in places if not _is_inside(place, whole)]:
            return min(free, key=lambda place: abs(place[0] - (start + end) / 2))
        if reach > end - start:
            return None
        reach *= 8


def _is_inside(place: tuple[int, int], whole: Sequence[tuple[int, int]]) -> bool:
    """Whether a cut at a place would leave a part of a range that is to stay whole on each side."""
    before = bisect_left(whole, (place[1], 0)) - 1
    return before >= 0 and whole[before][1] > place[0] and whole[before][0] < place[1]
