"""Lines with a label each: label and text between a tab, JSON Lines, a folder saved by `datasets`, or hf:NAME."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.errors import DataError
from nmt.io.lines import read_file
from nmt.io.records import HUB, dataset_records, is_dataset, json_records, listed, open_dataset, text_of

_NAMES = ("label", "text")
_TSV = "write a label, a tab and the text on each line"


@dataclass(frozen=True, kw_only=True)
class LabelledLine:
    """A line of text and its label."""

    label: str
    text: str


def read_labelled(names: Sequence[str]) -> list[LabelledLine]:
    """The lines of several corpora. Raises DataError for malformed input, and for a corpus without lines."""
    lines = []
    for name in names:
        own = list(_read(name))
        if not own:
            raise DataError(f"{name}: no lines; {_TSV}, or give a .jsonl file with label and text")
        lines += own
    return lines


def _read(name: str) -> Iterator[LabelledLine]:
    if is_dataset(name):
        yield from _from_dataset(name)
        return
    path = Path(name)
    if not path.exists():
        raise DataError(f"{name}: no such file or folder; a data set on the hub is written {HUB}{name}")
    if Path(name.removesuffix(".gz")).suffix == ".jsonl":
        for where, record in json_records(path):
            yield _from_record(record, where)
        return
    for number, line in enumerate(read_file(path), start=1):
        label, tab, text = line.removesuffix("\r").partition("\t")
        if not line.strip():
            continue
        if not tab:
            raise DataError(f"{path}:{number}: no tab; {_TSV}")
        yield _labelled(label, text, f"{path}:{number}")


def _from_dataset(name: str) -> Iterator[LabelledLine]:
    dataset = open_dataset(name)
    names = getattr(dataset.features.get("label"), "names", None)
    if set(_NAMES) <= set(dataset.column_names):
        dataset = dataset.select_columns(list(_NAMES))  # others may be large or need more libraries
    for number, record in enumerate(dataset_records(dataset, name), start=1):
        yield _from_record(record, f"{name}, row {number}", names)


def _from_record(record: Mapping[str, Any], where: str, names: Sequence[str] | None = None) -> LabelledLine:
    """The line of a record; names are those of numeric labels."""
    if not set(_NAMES) <= record.keys():
        raise DataError(f"{where}: no columns 'label' and 'text', but {listed(list(record))}; rename them")
    label = record["label"]
    if isinstance(label, int) and not isinstance(label, bool):
        if names is None or not 0 <= label < len(names):
            raise DataError(f"{where}: label {label} is a number without a name; write the labels as text")
        label = names[label]
    return _labelled(text_of(label, where), text_of(record["text"], where), where)


def _labelled(label: str, text: str, where: str) -> LabelledLine:
    if not label.strip():
        raise DataError(f"{where}: the label is empty; give each line one")
    if label != label.strip() or not label.isprintable():
        raise DataError(f"{where}: the label {label!r} has a tab, blanks at an end or other marks; rename it")
    if not text.strip():
        raise DataError(f"{where}: no text; leave the line out")
    return LabelledLine(label=label, text=text)
