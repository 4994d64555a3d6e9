"""Sentences with tagged names, read from all common formats as one stream of words with BIO2 tags.

A file of columns has a word on each line, its tag in the last column and a blank line after each sentence (CoNLL).
A .jsonl file, a folder saved by `datasets` and hf:NAME[:CONFIG[:SPLIT]] have tokens with tags, or text with spans.
Any file may be compressed by gzip.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from nmt.data.bio_tags import TAG, to_bio2
from nmt.errors import DataError
from nmt.io.lines import read_file
from nmt.io.records import HUB, dataset_records, is_dataset, json_records, listed, open_dataset, text_of
from nmt.text.word_tokenizer import split_words

_NAMES = [("tokens", "ner_tags"), ("tokens", "tags"), ("words", "ner_tags"), ("words", "tags")]
_ENDS = frozenset(".!?。！？।؟")  # words that end a sentence
_MOST_ENDS_INSIDE = 2, 5  # in a corpus's only sentence, and on average in more: news have 0.05, WNUT's posts 1.2
_COMMENT = re.compile(r"#\s*\w+ = ")  # CoNLL-U: "# text = ..."


@dataclass(frozen=True, kw_only=True)
class TaggedSentence:
    """The words of a sentence, and a BIO2 tag for each: O, B-TYPE at the start of an entity, I-TYPE inside."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    untagged: frozenset[str] = frozenset()  # types that its corpus does not tag: an O may hide a name of them


def read_tagged(name: str, *, strict: bool = False, columns: tuple[str, str] | None = None) -> Iterator[TaggedSentence]:
    """Yield the sentences of a corpus; tags may be BIO2, IOB1, BIOES (IOBES) or BILOU.

    columns are those of words and tags: names or, in a file without names, numbers from 1. By default they are "tokens"
    or "words" and "ner_tags" or "tags", or the first and the last column. A tag that continues an entity that was not
    begun begins it, as in IOB1. Raises DataError for malformed input, for a corpus without sentences, and, if strict,
    for such a tag.
    """
    found = False
    prefixes: set[str] = set()
    for sentence in _read_sentences(name, columns):
        found = True
        tags = tuple(to_bio2(sentence.tags, sentence.places, prefixes, strict))
        yield TaggedSentence(words=tuple(sentence.words), tags=tags)
    if not found:
        raise DataError(f"{name}: no sentences; give a file with a word and its tag on each line, or a .jsonl file")


def read_tagged_corpora(
    names: Sequence[str], labels: Mapping[str, str] | None = None, *, strict: bool = False
) -> list[TaggedSentence]:
    """The sentences of several corpora, with labels mapped as map_labels does."""
    return [map_labels(sentence, labels or {}, name) for name in names for sentence in read_tagged(name, strict=strict)]


def read_training_corpora(
    names: Sequence[str], labels: Mapping[str, str] | None = None, *, strict: bool = False
) -> list[TaggedSentence]:
    """The same, with the types that some of the corpora tag and others do not.

    A corpus without any name tags all types: it is there to show what is none.
    """
    corpora = [read_tagged_corpora([name], labels, strict=strict) for name in names]
    tagged = [{tag[2:] for sentence in corpus for tag in sentence.tags if tag != "O"} for corpus in corpora]
    types = frozenset().union(*tagged)
    return [
        replace(sentence, untagged=types - own if own else frozenset())
        for corpus, own in zip(corpora, tagged, strict=True)
        for sentence in corpus
    ]


def map_labels(sentence: TaggedSentence, mapping: Mapping[str, str], name: str) -> TaggedSentence:
    """Return a sentence with its labels mapped; "O" or "" drops the entity, and an empty mapping changes nothing.

    Raises DataError, with the corpus's name, for a label that is neither a key nor a value of the mapping.
    """
    if not mapping:
        return sentence
    given = set(mapping.values())
    tags = []
    for tag in sentence.tags:
        prefix, _, label = tag.partition("-")
        if label and label not in mapping and label not in given:
            raise DataError(
                f"{name}: the type {label!r} is not among the [labels] of the tagger's configuration, which are "
                f"{', '.join(mapping)}; train with it added, or remove it from the corpus"
            )
        other = mapping.get(label, label)
        tags.append(f"{prefix}-{other}" if label and other not in ("", "O") else "O")
    return TaggedSentence(words=sentence.words, tags=tuple(tags))


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    """A sentence as it was read, with tags of any scheme, and the place of each word for error messages."""

    words: Sequence[str]
    tags: Sequence[str]
    places: Sequence[str]


def _read_sentences(name: str, columns: tuple[str, str] | None) -> Iterator[_Sentence]:
    """Yield the sentences of a corpus, except those without words. Raises DataError if it is malformed."""
    if is_dataset(name):
        return _read_dataset(name, columns)
    if not Path(name).exists():
        raise DataError(f"{name}: no such file or folder; a data set on the hub is written {HUB}{name}")
    if Path(name.removesuffix(".gz")).suffix == ".jsonl":
        return (
            sentence
            for where, record in json_records(Path(name))
            for sentence in _from_record(record, where, columns, labels=None)
        )
    return _check_sentences(_read_columns(name, columns), name)


# Columns


def _check_sentences(sentences: Iterator[_Sentence], path: str) -> Iterator[_Sentence]:
    """Pass sentences on; at the end of the file, DataError if they are whole texts without blank lines inside."""
    count = words = ends_inside = 0
    for sentence in sentences:
        count += 1
        words += len(sentence.words)
        ends_inside += sum(word in _ENDS for word in sentence.words[:-1])
        yield sentence
    alone, each = _MOST_ENDS_INSIDE
    if ends_inside > (alone if count == 1 else each * count):
        raise DataError(
            f"{path}: {words} words in {count} sentence{'s' * (count != 1)}, but {ends_inside} full stops inside; "
            "put a blank line after each sentence"
        )


def _read_columns(path: str, columns: tuple[str, str] | None) -> Iterator[_Sentence]:
    """Fields are separated by tabs or, in a line without tabs, by spaces; -DOCSTART- lines and comments are skipped."""
    word_at, tag_at = _column_numbers(path, columns)
    width = None
    words: list[str] = []
    tags: list[str] = []
    places: list[str] = []
    for number, line in enumerate(read_file(path), start=1):
        line = line.removesuffix("\r")
        fields = line.split("\t") if "\t" in line else [field for field in line.split(" ") if field]
        if not line.strip() or fields[0] == "-DOCSTART-":
            if words:
                yield _Sentence(words=words, tags=tags, places=places)
                words, tags, places = [], [], []
            continue
        if not words and _is_comment(line, fields):
            continue
        width = width or max(len(fields), 2, word_at + 1, tag_at + 1)
        if len(fields) != width:
            raise DataError(
                f"{path}:{number}: {len(fields)} columns where {width} are expected; "
                "put the word first and its tag last, and a blank line between sentences"
            )
        if not fields[word_at]:
            raise DataError(f"{path}:{number}: a tag without a word; correct the line, or leave it out")
        words.append(fields[word_at])
        tags.append(fields[tag_at])
        places.append(f"{path}:{number}")
    if words:
        yield _Sentence(words=words, tags=tags, places=places)


def _column_numbers(path: str, columns: tuple[str, str] | None) -> tuple[int, int]:
    if columns is None:
        return 0, -1
    if not all(re.fullmatch("[1-9][0-9]{0,2}", column) for column in columns):
        raise DataError(
            f"{path}: columns {listed(columns)} of a file without column names; give their numbers, counted from 1"
        )
    return int(columns[0]) - 1, int(columns[1]) - 1


def _is_comment(line: str, fields: Sequence[str]) -> bool:
    """Whether a line before a sentence is a comment, as in GermEval and CoNLL-U; if "#" is a word, it has a tag."""
    tagged = fields[-1] == "O" or TAG.fullmatch(fields[-1])
    return line.startswith("#") and (not tagged or bool(_COMMENT.match(line)))


# Records


def _read_dataset(name: str, columns: tuple[str, str] | None) -> Iterator[_Sentence]:
    dataset = open_dataset(name)
    wanted = [columns] if columns else _NAMES
    useful = {"text", "spans"}.union(*wanted).intersection(dataset.column_names)
    if useful:
        dataset = dataset.select_columns(sorted(useful))  # others may be large or need more libraries
    labels = {
        column: getattr(getattr(feature, "feature", None), "names", None)
        for column, feature in dataset.features.items()
    }
    for number, record in enumerate(dataset_records(dataset, name), start=1):
        yield from _from_record(record, f"{name}, row {number}", columns, labels)


def _from_record(
    record: Mapping[str, Any],
    where: str,
    columns: tuple[str, str] | None,
    labels: Mapping[str, Sequence[str] | None] | None,
) -> Iterator[_Sentence]:
    """Yield the sentence of a record unless it has no words; labels are the names of numeric tags, by column."""
    if columns is None and "text" in record and "spans" in record:
        words, tags = words_of_spans(text_of(record["text"], where), record["spans"], where)
    else:
        for word_column, tag_column in [columns] if columns else _NAMES:
            if word_column in record and tag_column in record:
                break
        else:
            expected = f"{columns[0]!r} and {columns[1]!r}" if columns else "'tokens' and 'tags', or 'text' and 'spans'"
            raise DataError(f"{where}: no columns {expected}, but {listed(list(record))}; rename them")
        names = labels.get(tag_column) if labels else None
        words = [text_of(word, where) for word in _list(record[word_column], word_column, where)]
        tags = [_tag(tag, names, where) for tag in _list(record[tag_column], tag_column, where)]
        if len(words) != len(tags):
            raise DataError(f"{where}: {len(words)} words, but {len(tags)} tags; give each word one")
        if "" in words:
            raise DataError(f"{where}: word {words.index('') + 1} is empty; leave it and its tag out")
    if words:
        yield _Sentence(words=words, tags=tags, places=[where] * len(words))


def _list(value: object, column: str, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise DataError(f"{where}: {column!r} is not a list; give a list, with one entry for each word")
    return value


def _tag(value: object, names: Sequence[str] | None, where: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        if names is None:
            raise DataError(f"{where}: tag {value} is a number without a name; write the tags as text, such as B-PER")
        if not 0 <= value < len(names):
            raise DataError(f"{where}: tag {value} is not one of the {len(names)} that the data set names; correct it")
        return names[value]
    return text_of(value, where)


# Spans


def words_of_spans(text: str, spans: object, where: str) -> tuple[list[str], list[str]]:
    """The words of a text and their tags; a word is split if a span begins or ends inside it."""
    entities = sorted(_span(span, len(text), where) for span in _list(spans, "spans", where))
    for (start, end, _), (next_start, next_end, _) in pairwise(entities):
        if next_start < end:
            raise DataError(f"{where}: spans {start}:{end} and {next_start}:{next_end} overlap; keep one of them")
    cuts = sorted({cut for start, end, _ in entities for cut in (start, end)})
    words = _cut(split_words(text), cuts)
    tags = ["O"] * len(words)
    at = 0
    for start, end, type_ in entities:
        while at < len(words) and words[at][0] < start:
            at += 1
        first = at
        while at < len(words) and words[at][1] <= end:
            tags[at] = f"{'B' if at == first else 'I'}-{type_}"
            at += 1
        if at == first:
            raise DataError(f"{where}: span {start}:{end} covers no word; correct its offsets, or leave it out")
    return [text[start:end] for start, end in words], tags


def _span(span: object, length: int, where: str) -> tuple[int, int, str]:
    if not isinstance(span, Mapping):
        raise DataError(f'{where}: a span is not an object; write {{"start": 0, "end": 5, "type": "PER"}}')
    start, end, type_ = span.get("start"), span.get("end"), span.get("type", span.get("label"))
    if type(start) is not int or type(end) is not int or not isinstance(type_, str):
        raise DataError(f"{where}: a span has {listed(list(span))}; it needs start, end (numbers) and type (text)")
    if not 0 <= start < end <= length:
        raise DataError(f"{where}: span {start}:{end} is empty or outside the text of {length} characters; correct it")
    return start, end, text_of(type_, where)


def _cut(words: Sequence[tuple[int, int]], cuts: Sequence[int]) -> list[tuple[int, int]]:
    """Split words at these offsets; both are in order."""
    parts = []
    at = 0
    for start, end in words:
        while at < len(cuts) and cuts[at] < end:
            if cuts[at] > start:
                parts.append((start, cuts[at]))
                start = cuts[at]
            at += 1
        parts.append((start, end))
    return parts
