"""Spans of a text that must come through its translation, and what each is."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["markup", "pattern", "glossary", "literal", "name", "unknown"]

# What a span is to the words round it: one of them ({name}, 5 km), a mark of its own (an arrow, an emoji), the
# beginning or the end of something (<b>, </b>), or a break, the texts on whose sides are apart (<td>).
Role = Literal["word", "mark", "open", "close", "break"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """text[start:end], in characters of the text as given."""

    start: int
    end: int
    kind: Kind
    role: Role = "word"
    partner: int | None = None  # where the other mark of a pair starts; None for one that has lost it


def disjoint(*found: Iterable[Span]) -> list[Span]:
    """The spans in the order of the text, none overlapping another: earlier arguments win, then longer spans.

    Takes n log n time for n spans. Empty spans are left out.
    """
    kept: list[Span] = []
    for spans in found:
        kept = sorted([*kept, *_longest(_clear_of(kept, spans))], key=lambda span: span.start)
    return kept


def within(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    """Those of some disjoint spans, in order, that lie in text[start:end], as spans of that text."""
    first = bisect_left(spans, start, key=lambda span: span.start)
    last = bisect_right(spans, end, key=lambda span: span.end)
    return [
        replace(
            span,
            start=span.start - start,
            end=span.end - start,
            partner=span.partner - start if span.partner is not None and start <= span.partner < end else None,
        )
        for span in spans[first:last]
    ]


def _clear_of(kept: Sequence[Span], spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that overlap none of those kept, which are in order."""
    ends = [span.end for span in kept]
    for span in spans:
        place = bisect_right(ends, span.start)  # of the first one that ends behind the span's start
        if span.start < span.end and (place == len(kept) or kept[place].start >= span.end):
            yield span


def _longest(spans: Iterable[Span]) -> list[Span]:
    ranked = sorted(spans, key=lambda span: (span.start - span.end, span.start))
    taken = bytearray(max((span.end for span in ranked), default=0))
    kept = []
    for span in ranked:
        # Those taken are no shorter, so that one of them that overlaps it has its first or its last character.
        if not taken[span.start] and not taken[span.end - 1]:
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            kept.append(span)
    return kept
