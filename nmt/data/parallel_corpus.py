"""Parallel corpora in all common formats, read as one stream of sentence pairs.

Two text files in a row, the source first, are one corpus, plain text or WMT's .sgm; a name that ends in .tsv, .csv,
.jsonl, .parquet or .tmx, a folder that `datasets` saved, and hf:NAME[:CONFIG[:SPLIT]] are one each. Any file may be
compressed by gzip.

CSV and TSV are read here and not by `datasets`, whose loaders turn "NA" into a missing value and 001 into 1, join rows
after an open quote, and shift the data if a row has too many fields.
"""

import csv
import glob
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from nmt.errors import DataError
from nmt.io.files import check_there, open_bytes
from nmt.io.lines import read_file, read_parallel
from nmt.io.records import HUB, dataset_records, is_dataset, json_records, listed, load_dataset, open_dataset, text_of
from nmt.io.sentences import read_sentences
from nmt.io.tmx import read_tmx

Pair = tuple[str, str]
Columns = Sequence[tuple[str, str]]  # (source, target) column names, in order of preference
Row = tuple[str, list[str]]  # its place, for error messages, and its fields

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_HEAD = 100  # lines of a CSV file that show what separates its fields
_NOT_READ = {
    ".bz2", ".docx", ".htm", ".html", ".json", ".ods", ".odt", ".pdf", ".po", ".xlf", ".xliff", ".xls", ".xlsx", ".xml",
    ".xz", ".zip", ".zst",
}  # fmt: skip


def read_corpora(
    names: Sequence[str], *, source: str, target: str, columns: tuple[str, str] | None = None
) -> Iterator[Pair]:
    """Return the pairs of all corpora, in order; source and target are language codes.

    If columns have names, those to read are given by columns; by default they are the language codes, or "source" and
    "target". A column "translation" may hold both, under these keys. A TSV or CSV file whose first line names the
    columns may have other columns too; else each line must have two fields.

    Raises DataError at once for a missing file or one without its partner, and while reading for malformed data. A side
    may contain line ends if the format can express them.
    """
    wanted = [columns] if columns else [(source, target), ("source", "target")]
    corpora: list[Iterator[Pair]] = []
    waiting = iter(names)
    for name in waiting:
        if is_dataset(name):
            corpora.append(_read_dataset(name, wanted))
        elif not Path(name).exists():
            raise DataError(f"{name}: no such file or folder; a data set on the hub is written {HUB}{name}")
        elif form := _form(name):
            corpora.append(_READERS[form](Path(name), wanted))
        else:
            corpora.append(_read_text_files(name, next(waiting, None), source, target))
    return chain.from_iterable(corpora)


def is_text_file(name: str) -> bool:
    """Whether a name is that of plain text, which is one half of a corpus."""
    return not (is_dataset(name) or _form(name))


def _form(name: str) -> str | None:
    suffix = _suffix(name)
    return suffix if suffix in _READERS else None


def _suffix(name: str) -> str:
    return Path(name.removesuffix(".gz")).suffix.lower()


def _read_text_files(first: str, second: str | None, source: str, target: str) -> Iterator[Pair]:
    for name in filter(None, (first, second)):
        if _suffix(name) in _NOT_READ:
            forms = ", ".join(_READERS)
            raise DataError(f"{name}: {_suffix(name)} is not read; give two text files, or one of the forms {forms}")
    if second is None or not is_text_file(second):
        raise DataError(f"{first}: a text file without its partner; name the source file, then the target file")
    check_there(Path(second))
    endings = [Path(name.removesuffix(".gz")).suffix for name in (first, second)]
    if endings == [f".{target}", f".{source}"]:
        raise DataError(f"{first} {second}: in the wrong order; name the source file, then the target file")
    return read_parallel(first, second, read=read_sentences)


def _read_tsv(path: Path, wanted: Columns) -> Iterator[Pair]:
    """Quotes are ordinary characters, and a tab always ends a field."""
    lines = enumerate(read_file(path), start=1)
    return _from_rows(((f"{path}:{number}", line.split("\t")) for number, line in lines), wanted)


def _read_csv(path: Path, wanted: Columns) -> Iterator[Pair]:
    return _from_rows(_csv_rows(path, wanted), wanted)


def _csv_rows(path: Path, wanted: Columns) -> Iterator[Row]:
    """Rows as RFC 4180 has them, but for what separates fields; an unclosed quote is an error, not a long field."""
    lines = read_file(path)
    head = list(islice(lines, _HEAD))
    named = re.fullmatch("sep=(.)\r?", head[0]) if head else None  # as Excel has it
    reader = _csv_reader(chain(head, lines), named[1] if named else _delimiter(path, head, wanted))
    if named:
        next(reader)
    start = reader.line_num + 1  # of the row, which may go on over many lines
    try:
        for fields in reader:
            yield f"{path}:{start}", fields
            start = reader.line_num + 1
    except csv.Error as error:  # its messages are meant for programmers
        raise DataError(
            f"{path}:{start}: not CSV; put quotes around fields with line ends, double those inside, and close each"
        ) from error


def _csv_reader(lines: Iterable[str], delimiter: str) -> Any:
    return csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)


def _delimiter(path: Path, head: Sequence[str], wanted: Columns) -> str:
    """What separates the fields of a CSV file: it finds the wanted names in the first line, or two fields in each row.

    If several find two fields in each row, it is a DataError.
    """
    widths = {}
    for delimiter in _DELIMITERS:
        rows = _rows_of_head(head, delimiter)
        if any(set(names) <= {field.strip() for field in row} for row in rows[:1] for names in wanted):
            return delimiter
        found = {len(row) for row in rows if row not in ([], [""])}
        widths[delimiter] = found.pop() if len(found) == 1 else 0
    twos = [delimiter for delimiter, width in widths.items() if width == 2]
    if len(twos) > 1:
        names = " or ".join(_DELIMITERS[delimiter] for delimiter in twos)
        raise DataError(
            f"{path}: its fields may be separated by {names}; name the columns in a first line, such as de,en"
        )
    return next(chain(twos, (delimiter for delimiter, width in widths.items() if width > 1)), ",")


def _rows_of_head(head: Sequence[str], delimiter: str) -> list[list[str]]:
    """The rows that a delimiter makes of a file's first lines, but for one that goes on below; none if it cannot."""
    rows = []
    reader = _csv_reader(head, delimiter)
    try:
        for row in reader:
            rows.append(row)
    except csv.Error:
        return rows if reader.line_num == len(head) else []
    return rows


def _read_tmx(path: Path, wanted: Columns) -> Iterator[Pair]:
    return read_tmx(path, *wanted[0])


def _from_rows(rows: Iterator[Row], wanted: Columns) -> Iterator[Pair]:
    rows = ((where, fields) for where, fields in rows if fields not in ([], [""]))  # a blank line is not a row
    first = next(rows, None)
    if first is None:
        return
    where, fields = first
    header = [field.strip() for field in fields]
    names = next((names for names in wanted if set(names) <= set(header)), None)
    if names is not None:
        width, source, target = len(header), header.index(names[0]), header.index(names[1])
    elif len(wanted) == 1:
        raise DataError(f"{where}: no columns {wanted[0][0]!r} and {wanted[0][1]!r}; this line has {listed(header)}")
    else:
        width, source, target = 2, 0, 1
        rows = chain([first], rows)
    for where, fields in rows:
        if len(fields) != width:
            cure = "correct the line" if names else "if there are more columns, name them in the first line"
            raise DataError(f"{where}: {len(fields)} fields where {width} are expected; {cure}")
        yield fields[source], fields[target]


def _read_jsonl(path: Path, wanted: Columns) -> Iterator[Pair]:
    for where, record in json_records(path):
        yield _from_record(record, where, wanted)


def _read_parquet(path: Path, wanted: Columns) -> Iterator[Pair]:
    with tempfile.NamedTemporaryFile(
        suffix=".parquet"
    ) as plain:  # Parquet is read from the end, which gzip does not allow
        readable = str(path)
        if path.suffix == ".gz":
            with open_bytes(path) as compressed:
                shutil.copyfileobj(compressed, plain)
            plain.flush()
            readable = plain.name
        dataset = load_dataset(
            str(path),
            lambda datasets: datasets.load_dataset(
                "parquet", data_files=[glob.escape(str(Path(readable).absolute()))], split="train", streaming=True
            ),
        )
        yield from _from_dataset(dataset, str(path), wanted)


def _read_dataset(name: str, wanted: Columns) -> Iterator[Pair]:
    yield from _from_dataset(open_dataset(name), name, wanted)


def _from_dataset(dataset: Any, name: str, wanted: Columns) -> Iterator[Pair]:
    useful = [column for column in dataset.column_names or [] if column in {"translation", *chain(*wanted)}]
    if useful:
        dataset = dataset.select_columns(useful)  # others, such as images, may be large or need more libraries
    for number, record in enumerate(dataset_records(dataset, name), start=1):
        yield _from_record(record, f"{name}, row {number}", wanted)


def _from_record(record: Mapping[str, Any], where: str, wanted: Columns) -> Pair:
    translation = record.get("translation")
    fields = translation if isinstance(translation, Mapping) else record
    for source, target in wanted:
        if source in fields and target in fields:
            return text_of(fields[source], where), text_of(fields[target], where)
    expected = " or ".join(f"{source!r} and {target!r}" for source, target in wanted)
    raise DataError(f"{where}: no columns {expected}, but {listed(list(fields))}; name them with --columns")


_READERS: dict[str, Callable[[Path, Columns], Iterator[Pair]]] = {
    ".tsv": _read_tsv,
    ".csv": _read_csv,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
    ".tmx": _read_tmx,
}
