"""How much of what should come through a translation letter by letter did, judged by the strings alone.

Numbers and addresses, and markup, are found by their form; an item is kept where its very characters stand. Names need
references as judges: they are words with a capital that the references of their line have, too, and that nothing in the
test set writes in small letters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from nmt.protection.literals import literal_spans
from nmt.protection.markup import find_markup
from nmt.protection.spans import disjoint
from nmt.protection.words import find_words

ItemKind = Literal["numbers and addresses", "markup", "names"]


@dataclass(frozen=True, kw_only=True)
class LiteralRecall:
    """The number of literals (see nmt/protection/literals.py) in sources, and how many occur in the translations."""

    literals: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class Recall:
    """The number of items of a kind in sources, each as often as it occurs, and how many the translations have."""

    items: int
    kept: int


class Item(NamedTuple):
    """What should come through a line, and how often it stands there."""

    kind: ItemKind
    text: str
    times: int


class LostItem(NamedTuple):
    """An item that a translation lacks, or has less often than it should."""

    line: int  # counted from 1
    kind: ItemKind
    text: str


def literal_recall(sources: Sequence[str], translations: Sequence[str]) -> LiteralRecall:
    """Count literals line by line, each as often as it occurs; one is kept where its very characters stand."""
    found = recall_by_kind(find_items(sources), translations).get("numbers and addresses", Recall(items=0, kept=0))
    return LiteralRecall(literals=found.items, kept=found.kept)


def find_items(sources: Sequence[str], references: Sequence[Sequence[str]] = ()) -> list[list[Item]]:
    """The items of each line; names only with references, one sequence of lines for each reference translation."""
    small = {word for lines in (sources, *references) for line in lines for word in find_words(line) if word.islower()}
    rows = zip(*references, strict=True) if references else iter([()] * len(sources))
    return [list(_items(line, row, small)) for line, row in zip(sources, rows, strict=True)]


def recall_by_kind(items: Sequence[Sequence[Item]], translations: Sequence[str]) -> dict[ItemKind, Recall]:
    """How much of each kind of which there are items the translations of the lines have."""
    total: Counter[ItemKind] = Counter()
    kept: Counter[ItemKind] = Counter()
    for own, translation in zip(items, translations, strict=True):
        for item in own:
            total[item.kind] += item.times
            kept[item.kind] += _kept(item, translation)
    kinds: tuple[ItemKind, ...] = "numbers and addresses", "markup", "names"
    return {kind: Recall(items=total[kind], kept=kept[kind]) for kind in kinds if total[kind]}


def lost_items(
    items: Sequence[Sequence[Item]], translations: Sequence[str], baseline: Sequence[str] | None = None
) -> list[LostItem]:
    """The items that translations lack, line by line; with a baseline those that it has more often."""
    return [
        LostItem(number, item.kind, item.text)
        for number, (own, translation) in enumerate(zip(items, translations, strict=True), start=1)
        for item in own
        if _kept(item, translation) < (item.times if baseline is None else _kept(item, baseline[number - 1]))
    ]


def _items(source: str, references: Sequence[str], small: set[str]) -> Iterator[Item]:
    literals = list(literal_spans(source))
    markup = [span for span in disjoint(literals, find_markup(source)) if span.kind == "markup"]
    kinds: Mapping[ItemKind, Sequence[str]] = {
        "numbers and addresses": [source[span.start : span.end] for span in literals],
        "markup": [source[span.start : span.end] for span in markup],
        "names": list(_names(source, references, small)),
    }
    for kind, texts in kinds.items():
        yield from (Item(kind, text, count) for text, count in Counter(texts).items())


def _names(source: str, references: Sequence[str], small: set[str]) -> Iterator[str]:
    """The words of a source that are names by what its references have, each as often as all of them have it."""
    if not references:
        return
    words = [Counter(find_words(line)) for line in (source, *references)]
    for word in words[0]:
        if len(word) > 1 and not word.islower() and word.lower() not in small:
            yield from [word] * min(counts[word] for counts in words)


def _kept(item: Item, line: str) -> int:
    """How many of an item's occurrences a line has, as a whole: 12 not in 112."""
    before = r"(?<!\w)" if item.text[0].isalnum() else ""
    behind = r"(?!\w)" if item.text[-1].isalnum() else ""
    return min(item.times, len(re.findall(before + re.escape(item.text) + behind, line)))
