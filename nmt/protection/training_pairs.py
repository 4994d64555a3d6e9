"""Training pairs with placeholders for what their sides share, found as in use; and pairs changed to have more of it.

In use, placeholders stand for markup, literals and rare names. Training has more of them: known names in some pairs,
since most corpora have few other items, and what users write that corpora lack: lists, tags, terms of a glossary; and
headings, and lines without a mark at their end. All of it is decided by the number of the pair.
"""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nmt.protection.detection import find_written
from nmt.protection.literals import comparable
from nmt.protection.name_list import random_name
from nmt.protection.names import name_runs
from nmt.protection.order_counts import OrderCounter
from nmt.protection.placeholders import insert_placeholders
from nmt.protection.spans import Kind, Span, disjoint
from nmt.protection.word_statistics import WordStatistics
from nmt.protection.words import WORD, composed
from nmt.text.tokenizer import Tokenizer

RULES = "placeholders 6"  # to be changed with what a training pair has them for: it names tokenized corpora

NAMES_EVERY = 4  # training pairs: names that are known are hidden as well

# Shares of the training pairs that are changed so. Firefox's students are trained with like amounts of noise.
UNFINISHED, BEGUN_SMALL, IN_SMALL_LETTERS, IN_TITLE_CASE = 0.15, 0.05, 0.08, 0.02
FEW_WORDS, FEW_IN_SMALL_LETTERS = 4, 0.3  # what is short is what people type without capitals: "guten morgen"
TAGGED, WITH_TERMS, LISTED, RENAMED = 0.03, 0.08, 0.05, 0.02
MOST_TERMS = 4  # of a pair
LONGEST_LIST = 6

_FINAL_MARKS = ".!?…。！？"
_SHORTEST = 3  # characters of a line that loses its last one

Pair = tuple[str, str]
Spans = tuple[Span, Span]  # one in each side of a pair
Shown = list[tuple[str, Kind | None]]  # texts in a row; a placeholder is to stand for those of a kind
Edits = dict[Spans, tuple[Shown, Shown]]  # what takes the place of spans


@dataclass(frozen=True, kw_only=True)
class PairProtection:
    """What decides on the placeholders of training pairs."""

    statistics: WordStatistics
    languages: Pair
    symbols: Sequence[str]  # that the tokenizers of both sides have

    @classmethod
    def between(
        cls, source: Tokenizer, target: Tokenizer, statistics: WordStatistics, languages: Pair
    ) -> "PairProtection":
        """With the symbols that both tokenizers have; ModelError if one has none."""
        symbols = [symbol for symbol in source.placeholders if symbol in target.placeholders]
        return cls(statistics=statistics, languages=languages, symbols=symbols)

    @property
    def fingerprint(self) -> str:
        """Equal where all pairs are treated alike."""
        digest = hashlib.sha256("\n".join([RULES, *self.languages, *self.symbols]).encode())
        digest.update(self.statistics.to_bytes())
        return digest.hexdigest()


@dataclass(frozen=True, kw_only=True)
class SharedItem:
    """What both sides of a pair have."""

    spans: Spans
    kind: Kind
    hidden: bool  # in use; names that are known are not


def protect_pair(pair: Pair, number: int, protection: PairProtection) -> Pair:
    """The number-th pair with placeholders for what would have them in use.

    Pairs take turns in which symbol is their first, so that all of them are met.
    """
    items = shared_items(pair, protection)
    return _with_placeholders(pair, _hidden(pair, [item for item in items if item.hidden]), number, protection.symbols)


def training_pairs(
    pairs: Iterable[Pair], protection: PairProtection, partners: Mapping[str, str], order: OrderCounter
) -> Iterator[Pair]:
    """Pairs with all the placeholders that a network is to learn, and what users write that corpora lack.

    Partners are words and what they are translated to (align_words). How items are ordered is counted meanwhile.
    """
    for number, clean in enumerate(pairs):
        rng = random.Random(number)
        pair = _noisy(clean, rng)
        items = shared_items(pair, protection)
        order.count((item.kind, item.spans[1].start) for item in items)
        shown = [item for item in items if item.hidden or number % NAMES_EVERY == 0]
        edits = _hidden(pair, shown)
        _vary(pair, items, edits, partners, rng)
        yield _with_placeholders(pair, edits, number, protection.symbols)


def shared_items(pair: Pair, protection: PairProtection) -> list[SharedItem]:
    """The items that both sides have, each as often, in the order of the source."""
    here, there = (
        list(_found(text, protection.statistics, language))
        for text, language in zip(pair, protection.languages, strict=True)
    )
    partners: dict[str, list[tuple[Span, bool]]] = defaultdict(list)
    for key, span, hidden in reversed(there):
        partners[key].append((span, hidden))
    counts = Counter(key for key, _, _ in here)
    as_often = {key for key, count in counts.items() if len(partners[key]) == count}
    items = []
    for key, span, hidden in here:
        if key in as_often:
            partner, hidden_there = partners[key].pop()
            items.append(SharedItem(spans=(span, partner), kind=span.kind, hidden=hidden or hidden_there))
    return items


def _found(text: str, statistics: WordStatistics, language: str) -> Iterator[tuple[str, Span, bool]]:
    """The items of a text, in order: what is the same in both sides, where it is, and whether it is hidden in use."""
    names = dict(name_runs(text, statistics, language))
    for span in disjoint(find_written(text), names):
        yield comparable(composed(text[span.start : span.end])), span, names.get(span, True)


def _noisy(pair: Pair, rng: random.Random) -> Pair:
    """A pair as careless writers have it, or as a heading, now and then; both sides alike."""
    source, target = pair
    unfinished, case = rng.random(), rng.random()
    if unfinished < UNFINISHED and min(map(len, pair)) >= _SHORTEST and source[-1] == target[-1] in _FINAL_MARKS:
        source, target = source[:-1], target[:-1]
    if case < IN_TITLE_CASE:
        return _capitalised(source), _capitalised(target)
    case -= IN_TITLE_CASE
    if case < BEGUN_SMALL and _begins_with_word(source) and _begins_with_word(target):
        return source[0].lower() + source[1:], target[0].lower() + target[1:]
    small = FEW_IN_SMALL_LETTERS if max(map(_words, pair)) <= FEW_WORDS else IN_SMALL_LETTERS
    if BEGUN_SMALL <= case < BEGUN_SMALL + small and not any(map(find_written, pair)):
        return source.lower(), target.lower()
    return source, target


def _words(text: str) -> int:
    return len(text.split())


def _capitalised(text: str) -> str:
    return WORD.sub(lambda match: match[0][0].upper() + match[0][1:], text)


def _begins_with_word(text: str) -> bool:
    """Whether the first letter is a capital for standing there: not in I, NATO or 5."""
    return text[:1].isupper() and text[1:2].islower()


def _hidden(pair: Pair, items: Iterable[SharedItem]) -> Edits:
    """Items to be hidden, as they are."""
    return {item.spans: _shown(pair, item.spans, item.kind) for item in items}


def _vary(
    pair: Pair, items: Sequence[SharedItem], edits: Edits, partners: Mapping[str, str], rng: random.Random
) -> None:
    """Change some pairs: a list of items, another name, terms hidden as those of a glossary are, a pair of tags."""
    listed, renamed, with_terms, tagged = (rng.random() for _ in range(4))
    if listed < LISTED and (words := [spans for spans in edits if spans[0].kind in ("name", "literal")]):
        spans = rng.choice(words)
        more, separator = rng.randint(1, LONGEST_LIST - 1), rng.choice([" ", ", "])
        source, target = ([*shown, *[(separator, None), *shown] * more] for shown in edits[spans])
        edits[spans] = source, target
    if renamed < RENAMED and (known := [item.spans for item in items if item.spans not in edits]):
        name = random_name(rng)
        edits[rng.choice(known)] = [(name, None)], [(name, None)]
    if with_terms >= WITH_TERMS and tagged >= TAGGED:
        return
    terms = list(_terms(pair, items, partners))
    if with_terms < WITH_TERMS and terms:
        for spans in rng.sample(terms, min(len(terms), rng.randint(1, MOST_TERMS))):
            edits[spans] = _shown(pair, spans, "glossary")
    if tagged < TAGGED and (around := [*terms, *(item.spans for item in items)]):
        spans = rng.choice(around)
        inner = edits.get(spans) or _shown(pair, spans, None)
        source, target = ([("<b>", "markup"), *shown, ("</b>", "markup")] for shown in inner)
        edits[spans] = source, target


def _shown(pair: Pair, spans: Spans, kind: Kind | None) -> tuple[Shown, Shown]:
    source, target = ([(text[span.start : span.end], kind)] for text, span in zip(pair, spans, strict=True))
    return source, target


def _terms(pair: Pair, items: Sequence[SharedItem], partners: Mapping[str, str]) -> Iterator[Spans]:
    """Where words stand that are each other's translation, once in each side, nouns for the most part."""
    sources, targets = (_single_words(text, [item.spans[side] for item in items]) for side, text in enumerate(pair))
    for word, span in sources.items():
        other = partners.get(word)
        if other in targets and not (word.islower() and other.islower()):
            yield span, targets[other]


def _single_words(text: str, items: Sequence[Span]) -> dict[str, Span]:
    """The words that stand in a text once, and outside of its items."""
    found = [(composed(match[0]), match.start(), match.end()) for match in WORD.finditer(text)]
    counts = Counter(word for word, _, _ in found)
    return {
        word: Span(start=start, end=end, kind="glossary")
        for word, start, end in found
        if counts[word] == 1 and not any(item.start < end and start < item.end for item in items)
    }


def _with_placeholders(pair: Pair, edits: Edits, number: int, symbols: Sequence[str]) -> Pair:
    """A pair with edits made, as far as symbols go: one for each text of a kind, in the order of the source."""
    first = number // NAMES_EVERY % len(symbols)
    usable = [symbol for symbol in (*symbols[first:], *symbols[:first]) if symbol not in pair[0] + pair[1]]
    rows: list[tuple[Spans, tuple[Shown, Shown], list[str]]] = []
    for spans, shown in sorted(edits.items(), key=lambda edit: edit[0][0].start):
        count = sum(kind is not None for _, kind in shown[0])
        if count <= len(usable):
            rows.append((spans, shown, usable[:count]))
            del usable[:count]
    source, target = (
        _rewritten(text, sorted(((spans[side], shown[side], own) for spans, shown, own in rows), key=_start))
        for side, text in enumerate(pair)
    )
    return source, target


def _start(row: tuple[Span, Shown, list[str]]) -> int:
    return row[0].start


def _rewritten(text: str, rows: Iterable[tuple[Span, Shown, list[str]]]) -> str:
    """A text with what is shown in place of spans, in order, and then with symbols for what is of a kind."""
    parts: list[str] = []
    spans: list[Span] = []
    symbols: list[str] = []
    place = length = 0
    for span, shown, own in rows:
        symbols += own
        for piece, kind in [(text[place : span.start], None), *shown]:
            if kind is not None:
                spans.append(Span(start=length, end=length + len(piece), kind=kind))
            parts.append(piece)
            length += len(piece)
        place = span.end
    return insert_placeholders("".join([*parts, text[place:]]), spans, symbols)[0]
