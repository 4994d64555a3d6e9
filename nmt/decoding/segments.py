"""What of a line is searched a translation of, and how the model is to see it.

A line is cut into pieces: some are kept as they are, the others, a sentence or a part of one each, become segments.
In a segment, placeholders stand for what must come through.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import regex

from nmt.decoding.model import TranslationModel
from nmt.decoding.search import Query
from nmt.io.lines import clean_output
from nmt.protection.config import ProtectionConfig
from nmt.protection.detection import find_written
from nmt.protection.exonyms import exonyms
from nmt.protection.glossary import Glossary, Term, find_glossary
from nmt.protection.markup import find_reserved
from nmt.protection.names import Tagged, find_names, unknown_names
from nmt.protection.number_format import convert_numbers
from nmt.protection.order import USUAL, inversion_costs
from nmt.protection.patterns import find_patterns
from nmt.protection.pieces import Piece, cut_line, foreign_script, has_words
from nmt.protection.placeholders import Item, insert_placeholders, merge_runs
from nmt.protection.spans import Span, disjoint, within
from nmt.protection.status import Status
from nmt.protection.word_statistics import NEVER
from nmt.text.languages import scripts_of
from nmt.text.sentence_splitter import sentence_starts, split_long
from nmt.text.tokenizer import UNK_ID
from nmt.text.truecasing import is_in_capitals, truecase

Forms = dict[tuple[int, int], tuple[str, Status]]  # what is to stand for line[start:end], and what is said of that

OFTEN = 10  # pairs: an exonym that the training text has so often is the model's own to translate


@dataclass(frozen=True, kw_only=True)
class Protector:
    """What is protected in the lines of a call, besides what every model does."""

    config: ProtectionConfig = field(default_factory=ProtectionConfig)
    patterns: Sequence[regex.Pattern[str]] = ()
    glossary: Glossary | None = None


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A part of a line to translate."""

    text: str  # as it was given
    start: int  # in the line
    spans: Sequence[Span]  # what must come through, in this text
    said: Mapping[int, Status]  # of those that are to stand there in another form, by their numbers
    visible: str  # as the model sees it
    items: Sequence[Item]  # what the placeholders in it stand for; none for a model without
    in_capitals: bool
    query: Query


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A part of a line that is the same in the translation, but for what has a form of its own there."""

    text: str
    start: int  # in the line
    spans: Sequence[Span] = ()
    forms: Mapping[int, tuple[str, Status]] = field(default_factory=dict)  # of spans, by their numbers
    foreign: bool = False  # it is of a script that the model does not know


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A piece of a line that is to be translated, or is of a script that the model does not know."""

    piece: Piece
    shown: str  # its text as the model is to see it: in usual case, if the line is in capitals
    spans: Sequence[Span]
    forms: Forms
    in_capitals: bool


def segments_of(model: TranslationModel, protector: Protector, lines: Sequence[str]) -> list[list[Segment | Kept]]:
    """The parts of each line, in order; their texts together are the line."""
    cut = [list(_cut(model, protector, line)) for line in lines]
    texts = dict.fromkeys(part.shown for parts in cut for part in parts if isinstance(part, _Piece))
    tagged = dict(zip(texts, _tag(model, protector, list(texts)), strict=True))
    return [
        [
            made
            for part in parts
            for made in ([part] if isinstance(part, Kept) else _segments(model, protector, part, tagged[part.shown]))
        ]
        for parts in cut
    ]


def with_prefix(parts: Sequence[Segment | Kept], prefix: str) -> list[Segment | Kept]:
    """The parts of a line, the first one to translate of which is to begin so; what stands before it may be repeated.

    What must come through is written as itself in a prefix, and is found there by its placeholder.
    """
    made = list(parts)
    for place, part in enumerate(made):
        if isinstance(part, Kept):
            prefix = prefix.removeprefix(part.text)
            continue
        made[place] = replace(part, query=replace(part.query, prefix=_hidden(prefix, part.items)))
        break
    return made


def _hidden(text: str, items: Sequence[Item]) -> str:
    """A text with a placeholder for each item that stands in it, but not for parts of longer words and numbers."""
    left = {item.symbol: item.text for item in sorted(items, key=lambda item: -len(item.text))}

    def symbol(match: re.Match[str]) -> str:
        found = next((each for each, own in left.items() if own == match[0]), None)
        if found is None:  # it stands there more often than in the source
            return match[0]
        del left[found]
        return found

    if not left:
        return text
    any_of = "|".join(map(re.escape, left.values()))
    return re.sub(rf"(?<!\w)(?<!\d[.,])(?:{any_of})(?!\w)(?![.,]\d)", symbol, text)


def _cut(model: TranslationModel, protector: Protector, line: str) -> Iterator[Kept | _Piece]:
    """The pieces of a line, without what tells names."""
    forms: Forms = {}
    spans = _find(model, protector, line, forms)
    in_capitals = is_in_capitals(line)
    for piece in cut_line(line, spans, lambda text: sentence_starts(text, model.source)):
        own = within(spans, piece.start, piece.start + len(piece.text))
        if not piece.translated or foreign_script(piece.text, scripts_of(model.source)):
            yield _kept(piece.text, piece.start, own, forms, foreign=piece.translated)
            continue
        shown = truecase(piece.text, model.source_tokenizer.likelihood) if in_capitals else piece.text
        if len(shown) != len(piece.text):  # a few capitals have two small letters
            shown = piece.text
        yield _Piece(piece=piece, shown=shown, spans=own, forms=forms, in_capitals=in_capitals)


def _tag(model: TranslationModel, protector: Protector, texts: Sequence[str]) -> Sequence[Sequence[Tagged]]:
    """The names that the model's own tagger finds in each text."""
    if model.tag is None or not (protector.config.names and model.placeholders and model.statistics):
        return [()] * len(texts)
    return model.tag(texts)


def _find(model: TranslationModel, protector: Protector, line: str, forms: Forms) -> list[Span]:
    """What must come through, but for names; what has a form of its own in the translation is put into forms."""
    config = protector.config
    given = [find_patterns(line, protector.patterns)]
    for terms in _terms(model, protector, line):
        for term in terms:
            forms.setdefault((term.span.start, term.span.end), (term.target, "glossary"))
        given.append([term.span for term in terms])
    for span in given[0]:
        forms.pop((span.start, span.end), None)  # the user wants the term itself
    written = find_written(line, disjoint(*given))
    switched = {"markup": config.markup, "literal": config.literals}
    spans = disjoint((span for span in written if switched.get(span.kind, True)), find_reserved(line))
    if config.convert_numbers:
        for span in spans:
            text = line[span.start : span.end]
            if span.kind == "literal" and (converted := convert_numbers(text, model.source, model.target)) != text:
                forms[span.start, span.end] = converted, "converted"
    return spans


def _terms(model: TranslationModel, protector: Protector, line: str) -> Iterator[list[Term]]:
    """The terms of the user's glossary, then names of places that the training text does not have often."""
    if protector.glossary is not None:
        yield find_glossary(line, protector.glossary)
    if protector.config.exonyms and model.placeholders:
        seen = model.statistics.of(model.source) if model.statistics else {}
        found = find_glossary(line, exonyms(model.source, model.target))
        yield [term for term in found if seen.get(line[term.span.start : term.span.end], NEVER).pairs < OFTEN]


def _segments(
    model: TranslationModel, protector: Protector, part: _Piece, tagged: Sequence[Tagged]
) -> Iterator[Segment | Kept]:
    """A piece as one segment, or cut until each has as few subwords and placeholders as the model can take."""
    piece, most = part.piece, len(model.placeholders)
    names = _names(model, protector, part.shown, tagged)
    found = disjoint(_outside(part.spans, names), names)
    found = disjoint(found, _unknown(model, protector, part.shown, found))

    @cache  # what fits is asked for again
    def segment(start: int, end: int) -> Segment:
        own = within(found, start, end)
        return _segment(model, part, (start, end), merge_runs(piece.text[start:end], own, most) if most else own)

    def fits(start: int, end: int) -> bool:
        own = within(found, start, end)
        seen = end - start - (sum(span.end - span.start for span in own) if most else 0)
        if seen > 100 * model.max_source_length:  # no subword is longer than a few dozen characters
            return False
        if most and len(merge_runs(piece.text[start:end], own, most)) > most:
            return False
        return len(segment(start, end).query.ids) <= model.max_source_length

    place = 0
    for start, end in split_long(piece.text, fits, [(span.start, span.end) for span in found]):
        if start > place:
            yield Kept(text=piece.text[place:start], start=piece.start + place)
        made = segment(start, end)
        if made.query.ids and has_words(made.text, made.spans, 0, len(made.text)):
            yield made
        else:
            yield _kept(made.text, made.start, made.spans, part.forms)
        place = end
    if place < len(piece.text):
        yield Kept(text=piece.text[place:], start=piece.start + place)


def _outside(spans: Sequence[Span], names: Sequence[Span]) -> list[Span]:
    """The spans but for marks that are part of a name, as in Procter & Gamble."""
    return [
        span
        for span in spans
        if span.role not in ("word", "mark") or not any(name.start < span.start < span.end < name.end for name in names)
    ]


def _segment(model: TranslationModel, part: _Piece, place: tuple[int, int], spans: Sequence[Span]) -> Segment:
    """A range of a piece, in which these spans, counted from its start, must come through."""
    start, end = place
    text, first = part.piece.text[start:end], part.piece.start + start  # where it is in the line
    own = _forms(part.forms, spans, first)
    visible, items = part.shown[start:end], list[Item]()
    if model.placeholders:
        visible, items = insert_placeholders(visible, spans, model.placeholders)
        forms = {number: form for number, (form, _) in own.items()}
        items = [
            replace(item, text=clean_output(forms.get(number, text[span.start : span.end]), text))
            for number, (item, span) in enumerate(zip(items, spans, strict=True))
        ]
    costs = inversion_costs(items, model.order or USUAL)
    return Segment(
        text=text,
        start=first,
        spans=spans,
        visible=visible,
        said={number: status for number, (_, status) in own.items()},
        items=items,
        in_capitals=part.in_capitals,
        query=Query(
            ids=tuple(model.source_tokenizer.encode(visible)),
            inversion_costs=costs,
            apart=tuple(_pairs_round_text(text, spans)) if items else (),
        ),
    )


def _kept(text: str, start: int, spans: Sequence[Span], forms: Forms, *, foreign: bool = False) -> Kept:
    return Kept(text=text, start=start, spans=spans, forms=_forms(forms, spans, start), foreign=foreign)


def _forms(forms: Forms, spans: Sequence[Span], start: int) -> dict[int, tuple[str, Status]]:
    """The forms of the spans that have one, by their numbers, in a text that starts there in the line."""
    return {
        number: forms[key]
        for number, span in enumerate(spans)
        if (key := (start + span.start, start + span.end)) in forms
    }


def _pairs_round_text(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The numbers of marks that open and close, with something between them."""
    numbers = {span.start: number for number, span in enumerate(spans)}
    for number, span in enumerate(spans):
        partner = numbers.get(span.partner) if span.role == "open" and span.partner is not None else None
        if partner is not None and text[span.end : spans[partner].start].strip():
            yield number, partner


def _names(model: TranslationModel, protector: Protector, text: str, tagged: Sequence[Tagged]) -> list[Span]:
    if not protector.config.names or not model.placeholders:
        return []
    if model.statistics is not None:
        return find_names(text, model.statistics, model.source, tagged)
    return unknown_names(text, model.known_words or ())


def _unknown(model: TranslationModel, protector: Protector, text: str, found: Sequence[Span]) -> list[Span]:
    """Characters that the tokenizer does not know, a run at a time, outside of what is found already."""
    if not protector.config.unknown:
        return []
    edges = [0, *(edge for span in found for edge in (span.start, span.end)), len(text)]
    return [
        Span(start=place + start, end=place + end, kind="unknown")
        for place, next_ in zip(edges[::2], edges[1::2], strict=True)
        for id_, start, end in model.source_tokenizer.spans(text[place:next_])
        if id_ == UNK_ID and start < end
    ]
