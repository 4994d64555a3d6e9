"""Sentences whose names are tagged, in the forms that people have them, read as one stream of words with BIO2 tags.

A file of columns has a word on each line, its tag in the last column and a blank line after each sentence (CoNLL).
A .jsonl file, a folder that `datasets` saved and hf:NAME[:CONFIG[:SPLIT]] have tokens with tags, or text with spans.
Any file may be compressed by gzip.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nmt.data.ner_corpus import TAG, read_sentences
from nmt.errors import DataError

_SCHEMES = ("BI", "BIES", "BILU")  # BIO (BIO2 or IOB1), BIOES, BILOU
_BEGIN, _END = frozenset("BSU"), frozenset("ESLU")  # prefixes that begin and that end an entity


@dataclass(frozen=True, kw_only=True)
class TaggedSentence:
    """The words of a sentence, and a BIO2 tag for each: O, B-TYPE at the start of an entity, I-TYPE inside."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def read_tagged(name: str, *, strict: bool = False, columns: tuple[str, str] | None = None) -> Iterator[TaggedSentence]:
    """Yield the sentences of a corpus; tags may be BIO2, IOB1, BIOES (IOBES) or BILOU.

    columns are those of the words and of the tags: names, or in a file without names numbers from 1. Unless given,
    they are "tokens" or "words" and "ner_tags" or "tags", or the first and the last. A tag that goes on with an entity
    that was not begun begins it, as in IOB1; if strict, it is an error. Whatever is malformed, and a corpus without
    sentences, is a DataError.
    """
    found = False
    prefixes: set[str] = set()
    for sentence in read_sentences(name, columns):
        found = True
        tags = tuple(_to_bio2(sentence.tags, sentence.places, prefixes, strict))
        yield TaggedSentence(words=tuple(sentence.words), tags=tags)
    if not found:
        raise DataError(f"{name}: no sentences; give a file with a word and its tag on each line, or a .jsonl file")


def read_tagged_corpora(
    names: Sequence[str], labels: Mapping[str, str] | None = None, *, strict: bool = False
) -> list[TaggedSentence]:
    """The sentences of several corpora, with the labels that a table gives them: see map_labels."""
    return [map_labels(sentence, labels or {}, name) for name in names for sentence in read_tagged(name, strict=strict)]


def map_labels(sentence: TaggedSentence, mapping: Mapping[str, str], name: str) -> TaggedSentence:
    """Return a sentence with other labels; "O" or "" drops the entity, and an empty mapping changes nothing.

    A label that the mapping neither has nor gives is a DataError that names the corpus.
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
                f"{', '.join(mapping)}; train with it added, or leave it out of the corpus"
            )
        other = mapping.get(label, label)
        tags.append(f"{prefix}-{other}" if label and other not in ("", "O") else "O")
    return TaggedSentence(words=sentence.words, tags=tuple(tags))


def _to_bio2(tags: Sequence[str], places: Sequence[str], prefixes: set[str], strict: bool) -> Iterator[str]:
    """Yield tags in BIO2; prefixes are those met in the corpus so far, which tell its scheme."""
    open_type = None
    for tag, place in zip(tags, places, strict=True):
        if tag == "O":
            open_type = None
            yield tag
            continue
        match = TAG.fullmatch(tag)
        if not match:
            raise DataError(f"{place}: tag {tag[:40]!r} is not O or such as B-PER; correct it")
        prefix, type_ = match.groups()
        prefixes.add(prefix)
        if not any(prefixes <= set(scheme) for scheme in _SCHEMES):
            raise DataError(
                f"{place}: tag {tag[:40]!r} is of another scheme than those above; use one of BIO, BIOES, BILOU"
            )
        begins = prefix in _BEGIN or type_ != open_type
        if strict and begins and prefix not in _BEGIN:
            raise DataError(f"{place}: tag {tag[:40]!r} goes on with an entity that was not begun; begin it with B-")
        yield f"{'B' if begins else 'I'}-{type_}"
        open_type = None if prefix in _END else type_
