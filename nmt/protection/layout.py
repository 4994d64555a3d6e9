"""Layout of a line: what is round its texts and between them, and stays as it is while they are translated."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import regex

from nmt.protection.spans import Span

# Between texts that are apart: tabs, columns of spaces, bars of a table with a space on one side at least.
_BETWEEN = regex.compile(r"\t++|\s{3,}+|(?<!\S)\|++|\|++(?!\S)")
_MONTHS = (
    "Jan(?:uar|uary|\\.)?|Jän(?:ner|\\.)?|Feb(?:ruar|ruary|\\.)?|März?|March|Apr(?:il|\\.)?|Mai|May|Jun[ie]?|Jul[iy]?"
    "|Aug(?:ust|\\.)?|Sept?(?:ember|\\.)?|O[kc]t(?:ober|\\.)?|Nov(?:ember|\\.)?|De[zc](?:ember|\\.)?"
)
# At the start of a text: > of quotes, # of headings, bullets and dashes, 1. and 1) and (a) of lists, boxes to tick,
# [00:15] of transcripts. "3. Mai" is a date.
_MARK = regex.compile(
    r"(?:>++|//+|\#{1,6}|[-*+–—]{1,3}|[•‣◦▪●○·]"
    rf"|\d{{1,3}}\.(?!\s++(?:{_MONTHS}|Jahrhundert)(?!\w))|\(?\d{{1,3}}\)|\(?[a-zA-Z]\)|\(?[ivx]{{1,5}}\)|[IVX]{{2,5}}\."
    r"|\[[ xX✓]?\]|\[\d{1,2}:\d\d(?::\d\d)?\])(?:\s++|$)"
)
_BLANK = regex.compile(r"[\s\p{Z}\p{Cc}\p{Cf}]")  # what shows nothing
SURROUNDING = {'"': '"', "(": ")", "[": "]", "{": "}"}  # alike in all languages, unlike „ “ and « »

Range = tuple[int, int]  # line[start:end]


def texts_of(line: str, spans: Sequence[Span]) -> list[Range]:
    """The texts of a line that stand apart, in order, each without its list mark and what else is at its edges.

    The spans are disjoint and in order; none is cut.
    """
    edges = [0, *(edge for start, end in _separators(line, spans) for edge in (start, end)), len(line)]
    found = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        start, end = trim(line, spans, start, end)
        if start < end:
            found.append((start, end))
    return found


def trim(line: str, spans: Sequence[Span], start: int, end: int) -> Range:
    """Where line[start:end] begins and ends without what is kept at its edges.

    That is white space, symbols, tags that surround the whole of it or belong to other texts, quotes and brackets,
    and at its start the marks of lists, headings and so on.
    """
    start, end = _trim_edges(line, spans, start, end)
    while start < end and (mark := _MARK.match(line, start, end)):
        start, end = _trim_edges(line, spans, _behind_span(spans, mark.end()), end)
    return start, max(start, end)


def _separators(line: str, spans: Sequence[Span]) -> Iterator[Range]:
    """What stands between the texts of a line, in order: breaks among the spans, and the rest outside of all spans."""
    place = 0
    for match in _BETWEEN.finditer(line):
        while place < len(spans) and spans[place].end <= match.start():
            if spans[place].role == "break":
                yield spans[place].start, spans[place].end
            place += 1
        if place == len(spans) or spans[place].start >= match.end():
            yield match.span()
    yield from ((span.start, span.end) for span in spans[place:] if span.role == "break")


def _trim_edges(line: str, spans: Sequence[Span], start: int, end: int) -> Range:
    first = bisect_right(spans, start - 1, key=lambda span: span.start)
    last = bisect_right(spans, end, key=lambda span: span.end) - 1
    while start < end:
        head = spans[first] if first <= last and spans[first].start == start else None
        tail = spans[last] if first <= last and spans[last].end == end else None
        if head and tail and head.partner == tail.start and head.role == "open":
            start, end, first, last = head.end, tail.start, first + 1, last - 1
        elif head and _stands_apart(head, start, end):
            start, first = head.end, first + 1
        elif tail and _stands_apart(tail, start, end):
            end, last = tail.start, last - 1
        elif not head and _BLANK.match(line, start):
            start += 1
        elif not tail and _BLANK.match(line, end - 1):
            end -= 1
        elif not head and not tail and _is_surrounded(line, start, end):
            start, end = start + 1, end - 1
        else:
            break
    return start, max(start, end)


def _behind_span(spans: Sequence[Span], place: int) -> int:
    """The place, or the end of the span that it would cut."""
    nearest = bisect_right(spans, place - 1, key=lambda span: span.start) - 1
    return max(place, spans[nearest].end) if nearest >= 0 else place


def _stands_apart(span: Span, start: int, end: int) -> bool:
    """Whether a span at the edge of a text says nothing about the words in it."""
    match span.role:
        case "mark" | "break":
            return True
        case "open" | "close":
            return span.partner is None or not start <= span.partner < end
        case _:
            return False


def _is_surrounded(line: str, start: int, end: int) -> bool:
    closing = SURROUNDING.get(line[start])
    if closing is None or end - start < 3 or line[end - 1] != closing:
        return False
    return all(line.find(mark, start + 1, end - 1) < 0 for mark in (line[start], closing))
