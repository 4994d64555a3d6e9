"""What became of each protected item in a translation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nmt.protection.spans import Kind, Span

Status = Literal["copied", "converted", "glossary", "inflected", "inserted", "lost"]


@dataclass(frozen=True, kw_only=True)
class ItemStatus:
    """One protected item: source[start:end], and where it is in the translation, if it is."""

    kind: Kind
    text: str
    source: tuple[int, int]
    target: tuple[int, int] | None
    status: Status

    def as_dict(self) -> dict[str, Any]:
        """For JSON: kind, text, source and target as [start, end] or null, status."""
        return {
            "kind": self.kind,
            "text": self.text,
            "source": list(self.source),
            "target": None if self.target is None else list(self.target),
            "status": self.status,
        }


def check_items(
    source: str,
    spans: Sequence[Span],
    target: str,
    places: Sequence[tuple[int, int] | None],
    said: Mapping[int, Status] | None = None,
) -> list[ItemStatus]:
    """What became of each span of the source, given the place of each in the translation, None where it is not known.

    said has the number of each span that is meant to stand there in another form, or was inserted. What stands
    letter by letter at its place was copied; what has no place is looked for, each occurrence serving one item; what
    is neither said nor found was lost. Takes time in proportion to the target's length for each different item
    without a place: call it for a sentence, not for a book.
    """
    said = said or {}
    taken = bytearray(len(target))
    for known in filter(None, places):
        _take(taken, known)
    searches: dict[str, _Occurrences] = {}
    found = []
    for number, (span, place) in enumerate(zip(spans, places, strict=True)):
        text = source[span.start : span.end]
        if place is None:
            place = searches.setdefault(text, _Occurrences(text, target)).next_free(taken)
        copied = place is not None and target[slice(*place)] == text
        status = "lost" if place is None else said.get(number, "copied" if copied else "lost")
        found.append(
            ItemStatus(
                kind=span.kind,
                text=text,
                source=(span.start, span.end),
                target=None if status == "lost" else place,
                status=status,
            )
        )
    return found


class _Occurrences:
    """Where an item stands in a translation, as a whole: not 5 in 15."""

    def __init__(self, text: str, target: str) -> None:
        before = r"(?<!\w)" if text[0].isalnum() else ""
        behind = r"(?!\w)" if text[-1].isalnum() else ""
        self._matches = re.finditer(before + re.escape(text) + behind, target)

    def next_free(self, taken: bytearray) -> tuple[int, int] | None:
        """The next place of which nothing is taken, and it is taken then; None if there is none."""
        for match in self._matches:
            if not any(taken[slice(*match.span())]):
                _take(taken, match.span())
                return match.span()
        return None


def _take(taken: bytearray, place: tuple[int, int]) -> None:
    start, end = place
    taken[start:end] = b"\1" * (end - start)
