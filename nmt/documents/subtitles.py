"""SubRip (.srt) and WebVTT (.vtt): the text of each cue is translated, times, numbers, names and styles are kept.

The lines of a cue are read as one text, and the translation is broken into as many lines of about the same length;
lines that begin with a dash, where two people speak, stay apart.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from textwrap import wrap

from nmt.documents.inline import readable, write_inline
from nmt.documents.passages import Passage, Range, line_end_of
from nmt.documents.structure import structural_marks
from nmt.errors import DataError

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|\Z)")
_SRT_TIME = r"\d+:\d{1,2}:\d{1,2}(?:[,.]\d{1,3})?"
_SRT_TIMES = re.compile(rf"\s*{_SRT_TIME}\s*-->\s*{_SRT_TIME}(?:\s.*)?", re.DOTALL)
_VTT_TIME = r"(?:\d{2,}:)?\d\d:\d\d\.\d{3}"
_VTT_TIMES = re.compile(rf"\s*{_VTT_TIME}\s*-->\s*{_VTT_TIME}(?:\s.*)?", re.DOTALL)
_VTT_HEADER = re.compile(r"WEBVTT(?!\S)")
_TAG = re.compile(r"<[^<>]*+>")
_DASH = re.compile(r"\s*(?:<[^<>]*>|\{[^{}]*\})*\s*[-–—]")

_Lines = list[Range]  # each with its end


def cut_srt(text: str, name: str) -> Iterator[Passage]:
    """The passages of a SubRip document. Raises DataError for a time that is malformed, or if there is none."""
    lines = _lines(text)
    times = _times(text, lines, _SRT_TIMES, name)
    if text.strip() and not times:
        raise DataError(
            f"{name}: no times such as 00:00:01,000 --> 00:00:02,500; name the file's own format by --format"
        )
    for place, following in zip(times, [*times[1:], len(lines) + 1] if times else [], strict=True):
        cue = lines[place + 1 : following - 1]  # the line before a time is a number
        if following <= len(lines) and not text[slice(*lines[following - 1])].strip().isdecimal():
            cue = lines[place + 1 : following]
        for paragraph in _paragraphs(text, cue):  # what follows a blank line is part of the cue
            yield from _passages(text, paragraph, vtt=False)


def cut_vtt(text: str, name: str) -> Iterator[Passage]:
    """The passages of a WebVTT document. Raises DataError for one that does not begin so or has a malformed time."""
    if text.strip() and not _VTT_HEADER.match(text):
        raise DataError(f"{name}:1: not WebVTT, whose first line is WEBVTT; name the file's own format by --format")
    lines = _lines(text)
    for place in _times(text, lines, _VTT_TIMES, name):
        end = place + 1
        while end < len(lines) and (shown := text[slice(*lines[end])].strip()) and "-->" not in shown:
            end += 1
        yield from _passages(text, lines[place + 1 : end], vtt=True)


def _lines(text: str) -> _Lines:
    return [match.span() for match in _LINE.finditer(text) if match[0]]


def _times(text: str, lines: _Lines, pattern: re.Pattern[str], name: str) -> list[int]:
    """The numbers, from 0, of the lines that hold the times of a cue."""
    found = []
    for number, (start, end) in enumerate(lines):
        if text.find("-->", start, end) >= 0:
            if not pattern.fullmatch(text, start, end):
                raise DataError(
                    f"{name}:{number + 1}: no times of a cue: {text[start:end].strip()[:40]!r}; repair them"
                )
            found.append(number)
    return found


def _paragraphs(text: str, lines: _Lines) -> Iterator[_Lines]:
    """The lines between blank ones."""
    for blank, group in groupby(lines, key=lambda line: not text[slice(*line)].strip()):
        if not blank:
            yield list(group)


def _passages(text: str, lines: _Lines, *, vtt: bool) -> Iterator[Passage]:
    """The passages of a paragraph: one of all lines, or one for each if dialogue is marked by dashes."""
    dialogue = any(_DASH.match(text, *line) for line in lines[1:])
    for group in [[line] for line in lines] if dialogue else [lines] if lines else []:
        shown = [text[start:end].strip() for start, end in group]
        start = text.index(shown[0], group[0][0])
        end = group[-1][0] + text[slice(*group[-1])].rindex(shown[-1]) + len(shown[-1])
        joined = " ".join(shown)
        yield Passage(
            start=start,
            end=end,
            lines=[readable(joined) if vtt else joined],
            write=partial(_write, most=len(group), line_end=line_end_of(text[start:end]), vtt=vtt),
            marks=_tags if vtt else structural_marks,
        )


def _tags(text: str) -> list[Range]:
    return [match.span() for match in _TAG.finditer(text)]


def _write(lines: Sequence[str], *, most: int, line_end: str, vtt: bool) -> str:
    """A translation in so many lines at most, which are as short as can be."""
    text = (write_inline(lines, marks=_tags) if vtt else lines[0]).replace("-->", "--&gt;" if vtt else "->")
    glued = _TAG.sub(lambda tag: tag[0].replace(" ", "\0"), text)  # nothing is broken inside a tag
    width = bisect_left(range(len(glued)), True, key=lambda wide: len(_wrap(glued, wide)) <= most)
    return line_end.join(_wrap(glued, width)).replace("\0", " ")


def _wrap(text: str, width: int) -> list[str]:
    return wrap(text, max(width, 1), break_long_words=False, break_on_hyphens=False)
