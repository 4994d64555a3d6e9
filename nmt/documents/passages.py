"""Passages of a document: where translations go, and a check that each still has the marks that make up the structure.

A format's module finds the passages of a text; what lies between them is copied. A passage that comes back as it was
given is copied, too, so that what the translator leaves alone stays as it was written. Offsets count characters.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

Range = tuple[int, int]  # text[start:end]

_AT_ONCE = 256  # passages
_LINE_END = re.compile(r"\r\n?|\n")
_TAG = re.compile(r"<(?P<slash>/?)(?P<name>[^\s/<>]+)[^>]*?(?P<empty>/?)>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A text to translate: one line, which may hold markup."""

    text: str
    line: int  # of the document, counted from 1; in docx the paragraph


@dataclass(frozen=True, slots=True)
class Translated:
    """A translation, which is used or not: if it lacks a mark, its segment is translated again in pieces."""

    text: str
    used: Callable[[], None] = lambda: None  # is called if it is used


Translate = Callable[[Sequence[Segment]], Sequence[Translated]]  # one translation for each segment
Warn = Callable[[str], None]


def no_marks(text: str) -> list[Range]:
    """The marks of a passage that may come back in any form."""
    return []


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """What is translated together and put back in one place."""

    start: int
    end: int  # document[start:end] is replaced
    lines: Sequence[str]  # to translate, each on its own
    write: Callable[[Sequence[str]], str]  # what takes the place, from the translated lines
    marks: Callable[[str], list[Range]] = no_marks  # where a line has what must come back, once each and well nested
    ordered: bool = False  # whether the marks must keep their order, too
    number: int | None = None  # to say where it stands, instead of the number of a line


def cut_lines(text: str) -> list[str]:
    """The lines of a text, however they end."""
    return _LINE_END.split(text)


def line_end_of(text: str) -> str:
    """What ends the first line of a text, or would."""
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


def count_segments(passages: Iterable[Passage]) -> int:
    """How many segments the passages have."""
    return sum(map(_has_words, (line for passage in passages for line in passage.lines)))


def translate_passages(
    text: str, passages: Iterable[Passage], translate: Translate, warn: Warn = lambda message: None
) -> Iterator[str]:
    """Yield the document part by part, with its passages translated; they are disjoint and in order.

    A line whose translation lacks a mark, or has one more, is translated again in pieces, from mark to mark; if that
    fails, too, it stays as it is, and warn is told "LINE: what is wrong".
    """
    end, line, counted = 0, 1, 0
    remaining = iter(passages)
    while chunk := list(islice(remaining, _AT_ONCE)):
        places = []
        for passage in chunk:
            line += text.count("\n", counted, passage.start)
            counted = passage.start
            places.append(passage.number or line)
        for passage, lines in zip(chunk, _translate_chunk(chunk, places, translate, warn), strict=True):
            yield text[end : passage.start]
            same = lines == list(passage.lines)
            yield text[passage.start : passage.end] if same else passage.write(lines)
            end = passage.end
    yield text[end:]


def _translate_chunk(
    chunk: Sequence[Passage], places: Sequence[int], translate: Translate, warn: Warn
) -> list[list[str]]:
    """The translated lines of each passage."""
    found = [list(passage.lines) for passage in chunk]
    wanted = [
        (number, place, text)
        for number, passage in enumerate(chunk)
        for place, text in enumerate(passage.lines)
        if _has_words(text)
    ]
    failed = []
    segments = [Segment(text=text, line=places[number]) for number, _, text in wanted]
    for (number, place, text), translated in zip(wanted, _translate(segments, translate), strict=True):
        if _same_marks(chunk[number], text, translated.text):
            translated.used()
            found[number][place] = translated.text
        else:
            failed.append((number, place, text))
    for (number, place, text), joined in zip(failed, _translate_pieces(chunk, places, failed, translate), strict=True):
        if _same_marks(chunk[number], text, joined):
            found[number][place] = joined
        else:
            warn(f"{places[number]}: left as it is, since its marks do not come through: {text[:60]!r}")
    return found


def _translate_pieces(
    chunk: Sequence[Passage], places: Sequence[int], lines: Sequence[tuple[int, int, str]], translate: Translate
) -> Iterator[str]:
    """Yield a translation of each line, given with the number of its passage; the marks stay where they are."""
    pieces = [_pieces(text, chunk[number].marks(text)) for number, _, text in lines]
    segments = [
        Segment(text=piece.strip(), line=places[number])
        for (number, _, _), own in zip(lines, pieces, strict=True)
        for piece in own[::2]
        if _has_words(piece)
    ]
    translations = iter(_translate(segments, translate))
    for own in pieces:
        for place in range(0, len(own), 2):
            if _has_words(own[place]):
                translated = next(translations)
                translated.used()
                own[place] = _in_place_of(own[place], translated.text)
        yield "".join(own)


def _translate(segments: Sequence[Segment], translate: Translate) -> list[Translated]:
    """The translations, each of one line."""
    found = translate(segments) if segments else []
    return [replace(each, text=each.text.replace("\n", " ")) for each in found]


def _has_words(text: str) -> bool:
    """Whether there is something to translate, which is valid Unicode."""
    return any(map(str.isalpha, text)) and not any("\ud800" <= character <= "\udfff" for character in text)


def _same_marks(passage: Passage, text: str, translation: str) -> bool:
    """Whether a translation has all marks of the text, none besides, and has them as well nested."""
    before, after = ([side[start:end] for start, end in passage.marks(side)] for side in (text, translation))
    if passage.ordered:
        return before == after
    return sorted(before) == sorted(after) and (_is_nested(after) or not _is_nested(before))


def _is_nested(marks: Iterable[str]) -> bool:
    """Whether each tag among the marks closes the last one that is open; those that need no end do not count."""
    tags = [tag for mark in marks if (tag := _TAG.fullmatch(mark)) and not tag["empty"]]
    closed = {tag["name"] for tag in tags if tag["slash"]}
    open_ones: list[str] = []
    for tag in tags:
        if not tag["slash"]:
            if tag["name"] in closed:
                open_ones.append(tag["name"])
        elif not open_ones or open_ones.pop() != tag["name"]:
            return False
    return not open_ones


def _pieces(text: str, marks: Iterable[Range]) -> list[str]:
    """The text before, between and behind the marks, at even places, and the marks at odd ones."""
    edges = [0, *(edge for mark in marks for edge in mark), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


def _in_place_of(piece: str, translation: str) -> str:
    """A translation with the white space that the piece has at its edges."""
    start = len(piece) - len(piece.lstrip())
    return piece[:start] + translation + piece[len(piece.rstrip()) :]
