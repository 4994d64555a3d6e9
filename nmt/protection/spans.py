"""Spans of a text that must come through its translation, and what each is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["markup", "pattern", "glossary", "literal", "name", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Span:
    """text[start:end], in characters of the text as given."""

    start: int
    end: int
    kind: Kind


def disjoint(*found: Iterable[Span]) -> list[Span]:
    """The spans in the order of the text, none overlapping another: earlier arguments win, then longer spans."""
    kept: list[Span] = []
    for spans in found:
        for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
            if not _overlaps(kept, span):
                kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _overlaps(kept: Sequence[Span], span: Span) -> bool:
    return any(span.start < other.end and other.start < span.end for other in kept)
