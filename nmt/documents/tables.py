"""CSV and TSV: the cells of the chosen columns are translated; quotes, separators and line ends are kept."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from nmt.documents.passages import Passage, cut_lines, line_end_of
from nmt.documents.structure import structural_marks
from nmt.errors import DataError

_SEPARATORS = ",;\t|"
_ROW_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    start: int
    end: int
    quoted: bool


def cut_csv(text: str, name: str, columns: Sequence[str] = ()) -> Iterator[Passage]:
    """The passages of a CSV document. The separator is the most frequent one of , ; | and tab in its first row.

    Columns are chosen by their names in the first row, or by their numbers from 1 on. The first row is translated only
    if they are chosen by number. Raises DataError for a quote that is not closed and for an unknown column.
    """
    first_line = _ROW_END.split(text, maxsplit=1)[0]
    separator = max(_SEPARATORS, key=re.sub(r'"[^"]*+"', "", first_line).count)
    return _cut(_rows(text, name, separator, quotes=True), name, columns, separator)


def cut_tsv(text: str, name: str, columns: Sequence[str] = ()) -> Iterator[Passage]:
    """The passages of a document with tabs between cells, in which quotes are ordinary characters; else as for CSV."""
    return _cut(_rows(text, name, "\t", quotes=False), name, columns, separator="")


def _cut(rows: Iterator[list[_Cell]], name: str, columns: Sequence[str], separator: str) -> Iterator[Passage]:
    first = next(rows, [])
    chosen: Container[int] | None = None  # all
    if columns and all(column.isdecimal() for column in columns):
        chosen = {int(column) - 1 for column in columns}
        _check(columns, [str(number) for number in range(1, len(first) + 1)], name)
        rows = chain([first], rows)
    elif columns:
        header = [cell.text.strip() for cell in first]
        _check(columns, header, name)
        chosen = {number for number, title in enumerate(header) if title in columns}
    for row in rows:
        for number, cell in enumerate(row):
            if chosen is None or number in chosen:
                yield Passage(
                    start=cell.start,
                    end=cell.end,
                    lines=cut_lines(cell.text),
                    write=partial(_write, cell=cell, separator=separator),
                    marks=structural_marks,
                )


def _check(columns: Sequence[str], known: Sequence[str], name: str) -> None:
    for column in columns:
        if column not in known:
            raise DataError(f"{name}: no column {column!r}; it has {', '.join(known)[:200]}")


def _rows(text: str, name: str, separator: str, *, quotes: bool) -> Iterator[list[_Cell]]:
    plain = re.compile(rf"[^{re.escape(separator)}\r\n]*+")
    quoted = re.compile(rf'"((?:[^"]|"")*+)"(?=[{re.escape(separator)}\r\n]|\Z)')
    place, row = 0, list[_Cell]()
    while place < len(text):
        opened = quotes and text[place] == '"'
        match = (quoted if opened else plain).match(text, place)
        if match is None:
            line = len(_ROW_END.findall(text, 0, place)) + 1
            raise DataError(f"{name}:{line}: the quote that opens a cell is not closed before its end; repair the file")
        cell = match[1].replace('""', '"') if opened else match[0]
        row.append(_Cell(cell, place, match.end(), opened))
        place = match.end()
        if end := _ROW_END.match(text, place):
            place = end.end()
            yield row
            row = []
        elif place < len(text):
            place += 1
    if row:
        yield row


def _write(lines: Sequence[str], *, cell: _Cell, separator: str) -> str:
    """The translated lines of a cell; quoted if it was, or has to be."""
    text = line_end_of(cell.text).join(lines)
    if not separator:
        return text.replace("\t", " ")
    if cell.quoted or separator in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text
