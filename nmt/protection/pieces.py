"""Pieces of a line: sentences to translate, and what is kept between and around them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from nmt.protection.layout import SURROUNDING, Range, texts_of, trim
from nmt.protection.spans import Span

_LETTER = regex.compile(r"\p{L}")
_VISIBLE = regex.compile(r"\S")
_LETTER_OR_SPACE = regex.compile(r"[\p{L}\s]")
_PROPERTIES = {"CJK": "Han"}  # scripts that nmt.text.languages calls otherwise than Unicode's property


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a line, which starts at that character of it."""

    text: str
    start: int
    translated: bool  # False: it is kept as it is


def cut_line(line: str, spans: Sequence[Span], sentence_starts: Callable[[str], Sequence[int]]) -> list[Piece]:
    """Cut a line into pieces, whose texts together are the line; no span is cut.

    The spans are disjoint and in order. sentence_starts is given one of the line's texts, in which spans may be
    masked, and returns where its sentences start. To be translated are sentences with a letter outside of all spans,
    or with a term of the glossary.
    """
    pieces = []
    place = 0
    texts = texts_of(line, spans)
    for start, end in (part for text in texts for part in _sentences(line, spans, *text, sentence_starts)):
        if start > place:
            pieces.append(Piece(text=line[place:start], start=place, translated=False))
        pieces.append(Piece(text=line[start:end], start=start, translated=True))
        place = end
    if place < len(line):
        pieces.append(Piece(text=line[place:], start=place, translated=False))
    return pieces


def has_words(line: str, spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether something of line[start:end] is to be translated: a letter outside of all spans, or a glossary's term."""
    place = start
    for span in _between(spans, start, end):
        if span.kind == "glossary" or _LETTER.search(line, place, span.start):
            return True
        place = span.end
    return bool(_LETTER.search(line, place, end))


def foreign_script(text: str, known_scripts: Collection[str]) -> bool:
    """Whether more than half of the letters belong to none of the scripts, which are named as in text.languages.

    Letters that belong to no script in particular, such as mathematical ones, do not count. False if none is known.
    """
    if not known_scripts or (text.isascii() and "LATIN" in known_scripts):
        return False
    foreign = len(_foreign_letter(frozenset(known_scripts)).findall(text))
    return foreign > 0 and 2 * foreign > len(_SCRIPT_LETTER.findall(text))


_SCRIPT_LETTER = regex.compile(r"[\p{L}--[\p{Common}\p{Inherited}]]", regex.V1)


@cache
def _foreign_letter(scripts: frozenset[str]) -> regex.Pattern[str]:
    known = "".join(rf"\p{{{_PROPERTIES.get(script, script)}}}" for script in sorted(scripts))
    return regex.compile(rf"[\p{{L}}--[\p{{Common}}\p{{Inherited}}{known}]]", regex.V1)


def _sentences(
    line: str, spans: Sequence[Span], start: int, end: int, sentence_starts: Callable[[str], Sequence[int]]
) -> Iterator[Range]:
    """What is to be translated of a text of the line, in order."""
    own = _between(spans, start, end)
    for part in _split(line, own, start, end, sentence_starts):
        first, last = trim(line, own, *part)
        if part != (start, end) and first > part[0] and line[first - 1] in SURROUNDING:
            # Splitters cut nothing in quotes, which are gone now. No quote is in quotes of its kind: it ends soon.
            yield from _sentences(line, own, first, last, sentence_starts)
        elif has_words(line, own, first, last):
            yield first, last


def _split(
    line: str, spans: Sequence[Span], start: int, end: int, sentence_starts: Callable[[str], Sequence[int]]
) -> Iterator[Range]:
    """The sentences of line[start:end], without what is blank between them.

    Of the marks between two sentences, those that close what opened in the first are part of it, and those that open
    what closes in or behind the second are part of that.
    """
    masked = _masked(line, spans, start, end)
    places = [start + place for place in sentence_starts(masked) if _is_start(masked, place)]
    following = [place for place in places if not _cuts_span(spans, place)]
    begin = start
    for place in [*following, end]:
        last = begin + len(masked[begin - start : place - start].rstrip())
        first = place
        for span in spans[bisect_left(spans, last, key=_start) : bisect_left(spans, place, key=_start)]:
            if span.partner is not None and span.role == "close" and begin <= span.partner < last:
                last = span.end
            elif span.partner is not None and span.role == "open" and span.partner >= place:
                first = min(first, span.start)
        yield begin, last
        begin = max(first, last)


def _masked(line: str, spans: Sequence[Span], start: int, end: int) -> str:
    """The text line[start:end] as a splitter is to see it: marks as spaces, and what stands for words as a word.

    Numbers stay, since sentences do not end behind the one of "am 3. Mai"; so do marks that are part of a word.
    """
    parts = []
    place = start
    for span in spans:
        shown = line[span.start : span.end]
        if span.role == "mark" and shown[0] not in "<&" and _is_inside_word(line, span):
            shown = "x" * len(shown)
        elif span.role != "word":
            shown = " " * len(shown)
        elif span.kind != "literal" or _LETTER_OR_SPACE.search(shown):
            shown = "X" + "x" * (len(shown) - 1)
        parts += [line[place : span.start], shown]
        place = span.end
    return "".join([*parts, line[place:end]])


def _is_inside_word(line: str, span: Span) -> bool:
    return bool(_VISIBLE.match(line, span.end)) and span.start > 0 and bool(_VISIBLE.match(line, span.start - 1))


def _is_start(text: str, place: int) -> bool:
    """Whether a sentence may start there: not in com.sun.star.Table."""
    return 0 < place < len(text) and text[place - 1] != "."


def _between(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    return spans[bisect_left(spans, start, key=_start) : bisect_right(spans, end, key=_end)]


def _cuts_span(spans: Sequence[Span], place: int) -> bool:
    before = bisect_left(spans, place, key=_start) - 1
    return before >= 0 and spans[before].end > place


def _start(span: Span) -> int:
    return span.start


def _end(span: Span) -> int:
    return span.end
