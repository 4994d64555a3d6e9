"""JSON: the strings that are values are translated, all of them or those of the chosen keys; keys are kept.

The grammar of RFC 8259 is followed token by token, so that nesting of any depth is no matter.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from json import dumps, loads

from nmt.documents.passages import Passage, cut_lines, line_end_of
from nmt.documents.structure import structural_marks
from nmt.errors import DataError

_TOKEN = re.compile(
    r"""[ \t\r\n]*+(?P<token>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"|[{}\[\],:]"""
    r"""|(?:true|false|null|-?(?:0|[1-9]\d*+)(?:\.\d++)?+(?:[eE][+-]?\d++)?+)(?![\w.+-])|\Z)""",
    re.ASCII,
)
_VALUE = {"string", "literal", "{", "["}  # how a value begins
_END = ""
_PUNCTUATION = {*"{}[],:", _END}
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(slots=True)
class _Open:
    """The document, an object or a list that is open."""

    bracket: str
    path: str  # the end of the path to what it holds now: .address.city
    chosen: bool  # whether what it holds now is to be translated
    above: bool  # whether it is itself


def cut_json(text: str, name: str, columns: Sequence[str] = ()) -> Iterator[Passage]:
    """The passages of a JSON document.

    A key is given by its name, wherever it stands, or by the end of its path, as in address.city; what it holds is
    translated, lists and objects too. Raises DataError for what is not JSON and for a key that is nowhere.
    """
    return _cut(text, name, columns, [(1, 0, len(text))])


def cut_json_lines(text: str, name: str, columns: Sequence[str] = ()) -> Iterator[Passage]:
    """The same of JSON Lines, a document on each line that is not blank."""
    lines = enumerate(_LINE.finditer(text), start=1)
    return _cut(text, name, columns, [(number, *line.span()) for number, line in lines if line[0].strip()])


def _cut(text: str, name: str, columns: Sequence[str], parts: Iterable[tuple[int, int, int]]) -> Iterator[Passage]:
    """The passages of the documents in a text, each given by the number of its first line, and where it is."""
    ascii_only = text.isascii() and "\\u" in text
    found = set[str]()
    for number, first, last in parts:
        for start, end in _chosen_strings(text[first:last], name, columns, found, number):
            value = loads(text[first + start : first + end])
            write = partial(_write, line_end=line_end_of(value), ascii_only=ascii_only)
            lines, place = cut_lines(value), first + start
            yield Passage(start=place, end=first + end, lines=lines, write=write, marks=structural_marks)
    for column in columns:
        if column not in found:
            raise DataError(f"{name}: no key {column!r}; name one that it has, or the end of a path as in address.city")


def _chosen_strings(
    text: str, name: str, columns: Sequence[str], found: set[str], number: int
) -> Iterator[tuple[int, int]]:
    """Where the values are that are strings and chosen; found receives the columns that are there.

    The text begins on the line of this number.
    """
    longest = max(map(len, columns), default=0) + 1
    open_ones = [_Open(bracket="", path="", chosen=not columns, above=not columns)]
    expected, is_key = _VALUE, False
    for kind, start, end in _tokens(text):
        if kind not in expected:
            line, column = text.count("\n", 0, start) + number, start - text.rfind("\n", 0, start)
            wanted = " or ".join(each or "the end" for each in sorted(expected))
            raise DataError(f"{name}:{line}: not JSON (column {column} is not {wanted}); repair it, or see --format")
        inner = open_ones[-1]
        match kind:
            case "{" | "[":
                open_ones.append(_Open(bracket=kind, path=inner.path, chosen=inner.chosen, above=inner.chosen))
                is_key = kind == "{"
                expected = {"string", "}"} if is_key else _VALUE | {"]"}
                continue
            case ",":
                is_key = inner.bracket == "{"
                expected = {"string"} if is_key else _VALUE
                continue
            case ":":
                expected = _VALUE
                continue
            case "string" if is_key:
                parent = open_ones[-2].path
                inner.path = f"{parent}.{loads(text[start:end])}"[-longest:]
                here = [column for column in columns if inner.path.endswith(f".{column}")]
                inner.chosen = inner.above or bool(here)
                found.update(here)
                expected, is_key = {":"}, False
                continue
            case "string" if inner.chosen:
                yield start, end
            case "}" | "]":
                open_ones.pop()
        # A value has ended.
        bracket = open_ones[-1].bracket
        expected = {",", "}"} if bracket == "{" else {",", "]"} if bracket else {_END}


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """The kind and the place of each token; the last one is the end, or of the kind "?" what is none."""
    place = 0
    while match := _TOKEN.match(text, place):
        token = match["token"]
        kind = token if token in _PUNCTUATION else "string" if token[0] == '"' else "literal"
        yield kind, match.start("token"), match.end()
        if kind == _END:
            return
        place = match.end()
    yield "?", place, place


def _write(lines: Sequence[str], *, line_end: str, ascii_only: bool) -> str:
    return dumps(line_end.join(lines), ensure_ascii=ascii_only)
