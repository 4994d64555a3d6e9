"""Catalogues of gettext (.po, .pot): empty msgstr are filled with the translation of their msgid.

What has a translation, even one that is marked as fuzzy, is kept, and so are the header and obsolete entries.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from nmt.documents.passages import Passage, line_end_of
from nmt.documents.structure import structural_marks
from nmt.errors import DataError

CHARSET = re.compile(rb'^"Content-Type: [^"\n]*?charset=([A-Za-z0-9_.:-]+)', re.MULTILINE)

_LINE = re.compile(
    r"""[ \t]*+(?:(?P<other>\#[^\r\n]*+|(?![^ \t\r\n]))"""
    r"""|(?:(?P<keyword>msg(?:ctxt|id_plural|id|str))(?:\[(?P<number>\d+)\])?[ \t]*+)?"""
    r"""(?P<string>"(?:[^"\\\r\n]|\\[^\r\n])*+")[ \t]*+)(?:\r\n?|\n|\Z)"""
)
_LANGUAGE = re.compile(r'^"Language: ([A-Za-z]+(?:[_-][A-Za-z0-9]+)*)', re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


@dataclass(slots=True)
class _String:
    """A msgid or the like: where its string literals stand, and what they say together."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class _Entry:
    msgid: _String | None = None
    plural: _String | None = None
    translations: list[tuple[int, _String]] = field(default_factory=list)  # with their numbers


def cut_po(text: str, name: str) -> Iterator[Passage]:
    """The passages of a catalogue: the empty msgstr of its entries. Raises DataError for a line that fits nowhere."""
    line_end = line_end_of(text)
    for entry in _entries(text, name):
        if entry.msgid is None or not entry.msgid.text:  # the header
            continue
        for number, string in entry.translations:
            source = entry.plural if number and entry.plural else entry.msgid
            if not string.text:
                yield Passage(
                    start=string.start,
                    end=string.end,
                    lines=source.text.split("\n"),
                    write=partial(_write, line_end=line_end),
                    marks=structural_marks,
                )


def languages_of_po(text: str) -> tuple[str, str]:
    """The language that a catalogue is in, by its header, as that of the translations."""
    found = _LANGUAGE.search(text)
    return "", found[1].replace("_", "-") if found else ""


def _entries(text: str, name: str) -> Iterator[_Entry]:
    entry = _Entry()
    string: _String | None = None  # that a following line may continue
    place = number = 0
    while place < len(text):
        number += 1
        match = _LINE.match(text, place)
        if match is None or not (match["string"] is None or match["keyword"] or string):
            raise DataError(f"{name}:{number}: no line of a catalogue; check the file by: msgfmt -c {name}")
        place = match.end()
        if match["string"] is None:
            string = None
            continue
        literal = _unescape(match["string"][1:-1])
        if match["keyword"] is None and string is not None:
            string.end, string.text = match.end("string"), string.text + literal
            continue
        string = _String(match.start("string"), match.end("string"), literal)
        match match["keyword"]:
            case "msgstr":
                entry.translations.append((int(match["number"] or 0), string))
            case "msgid_plural":
                entry.plural = string
            case keyword:
                if entry.translations:
                    yield entry
                    entry = _Entry()
                if keyword == "msgid":
                    entry.msgid = string
    yield entry


def _unescape(text: str) -> str:
    def character(escape: re.Match[str]) -> str:
        octal, hexadecimal, other = escape.groups()
        if octal or hexadecimal:
            return chr(int(octal, 8) if octal else int(hexadecimal, 16))
        return _ESCAPED.get(other, other)

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _write(lines: Sequence[str], *, line_end: str) -> str:
    """A msgstr of one line as one literal, one of more with a literal for each, as gettext's own programs write it."""
    literals = [
        '"'
        + re.sub(r'["\\]', r"\\\g<0>", line).replace("\t", r"\t").replace("\r", r"\r")
        + r"\n" * (number < len(lines))
        + '"'
        for number, line in enumerate(lines, start=1)
    ]
    if literals[-1] == '""':  # behind the last line's end
        literals.pop()
    return line_end.join(literals if len(literals) == 1 else ['""', *literals])
