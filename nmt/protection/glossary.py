"""Glossaries: terms whose translation is laid down, read from CSV and found in text, the longest first.

A term is found where its words stand as they are written, in the same case; at the start of a sentence its first letter
may be a capital.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nmt.errors import DataError
from nmt.io.lines import read_file
from nmt.protection.spans import Span
from nmt.protection.words import composed

_TOKEN = re.compile(r"(?:\w[\u0300-\u036f]{0,8}+)++|\S")
_ENDS_SENTENCE = frozenset(".!?:…")
_OPENS_SENTENCE = frozenset("\"'„“”‚‘’«»‹›([{¿¡*#•–—-")
_DELIMITERS = ("\t", ";", ",")
_TARGET = ""  # in a tree of words, where a term ends: no word is empty


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """Terms as a tree: the first word leads to the second, and so on; where a term ends is its translation."""

    terms: Mapping[str, Any]


class Term(NamedTuple):
    """A term that was found in a text, and its translation."""

    span: Span
    target: str


def make_glossary(translations: Mapping[str, str]) -> Glossary:
    """A glossary of terms with their translations; a term without a word is left out."""
    tree: dict[str, Any] = {}
    for source, target in translations.items():
        node = tree
        for token in _tokens(source):
            node = node.setdefault(token, {})
        if node is not tree:
            node[_TARGET] = target
    return Glossary(terms=tree)


def read_glossary(*paths: Path) -> Glossary:
    """Read the terms of files; see glossary_from_lines."""
    return _glossary_of([(read_file(path), str(path)) for path in paths])


def glossary_from_lines(lines: Iterable[str], name: str) -> Glossary:
    """Read lines source,target[,note], with semicolons or tabs as well; fields may be in double quotes.

    A first line that has both the words source and target names the columns. Raises DataError, which names the line,
    for a missing or empty column, a quote that does not end, and a term that has two translations.
    """
    return _glossary_of([(lines, name)])


def _glossary_of(files: Iterable[tuple[Iterable[str], str]]) -> Glossary:
    """Read lines of files, given with their names."""
    found: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for lines, name in files:
        rows = list(_rows(lines, name))
        for number, source, target in rows:
            place = f"{name}:{number}"
            _, before, first = found.setdefault(tuple(_tokens(source)), (source, target, place))
            if before != target:
                raise DataError(
                    f"{place}: {source!r} is translated as {target!r}, but as {before!r} in {first}; keep one"
                )
        if not rows:
            raise DataError(f"{name}: has no terms; write one on each line, as source,target")
    return make_glossary({source: target for source, target, _ in found.values()})


def find_glossary(text: str, glossary: Glossary) -> list[Term]:
    """The terms in a text with their translations, in order and disjoint: from left to right, each time the longest."""
    places = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [composed(text[start:end]) for start, end in places]
    found, free = [], 0
    for at, starts_sentence in enumerate(_sentence_starts(tokens)):
        if at < free or not glossary.terms:
            continue
        end, target = _longest(tokens, at, tokens[at], glossary)
        if starts_sentence:
            small = _longest(tokens, at, tokens[at][0].lower() + tokens[at][1:], glossary)
            end, target = max((end, target), small, key=lambda each: each[0])
        if end > at:
            found.append(Term(Span(start=places[at][0], end=places[end - 1][1], kind="glossary"), target))
            free = end
    return found


def _longest(tokens: Sequence[str], start: int, first: str, glossary: Glossary) -> tuple[int, str]:
    """Where the longest term ends that begins at start, the token there read as first, and its translation.

    Where none begins, that is at start.
    """
    end, target = start, ""
    node = glossary.terms.get(first)
    for place in range(start + 1, len(tokens) + 1):
        if node is None:
            break
        if _TARGET in node:
            end, target = place, node[_TARGET]
        node = node.get(tokens[place]) if place < len(tokens) else None
    return end, target


def _sentence_starts(tokens: Iterable[str]) -> Iterator[bool]:
    """For each token, whether it stands where a sentence begins, after quotes or brackets perhaps."""
    starts = True
    for token in tokens:
        yield starts
        starts = token in _ENDS_SENTENCE or (starts and token in _OPENS_SENTENCE)


def _tokens(text: str) -> list[str]:
    return [composed(token) for token in _TOKEN.findall(text)]


def _rows(lines: Iterable[str], name: str) -> Iterator[tuple[int, str, str]]:
    """Each line's number, term and translation."""
    delimiter = ""
    columns: Sequence[str] = ("source", "target", "note")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        first = not delimiter
        if first:
            delimiter = next((each for each in _DELIMITERS if each in line), ",")
        fields = _fields(line.rstrip("\r"), delimiter, f"{name}:{number}")
        names = [field.casefold() for field in fields]
        if first and {"source", "target"} <= set(names):
            columns = names
            continue
        if len(fields) < 2 or len(fields) > len(columns):
            raise DataError(
                f"{name}:{number}: has {len(fields)} columns; write source{delimiter}target, and a field with the"
                " delimiter in it in double quotes"
            )
        row = dict(zip(columns, fields, strict=False))
        for side in ("source", "target"):
            if not row.get(side):
                raise DataError(f"{name}:{number}: the {side} is empty; write both, or leave the line out")
        yield number, row["source"], row["target"]


def _fields(line: str, delimiter: str, place: str) -> list[str]:
    try:
        [row] = csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True)
    except csv.Error as error:
        raise DataError(
            f"{place}: not a row of a table ({error}); write two double quotes for one in a field"
        ) from error
    return [field.strip() for field in row]
