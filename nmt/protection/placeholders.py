"""Placeholders: symbols that stand for what is protected while a text is translated.

A network copies a symbol that it knows surely, and the letters of what it has never seen badly. The idea is that of
Luong et al. (2015), "Addressing the rare word problem".
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from nmt.protection.spans import Kind, Role, Span

_SEPARATOR = regex.compile(r"[,;/]?\s*")
_WORD_CHARACTER = regex.compile(r"\w")


@dataclass(frozen=True, kw_only=True)
class Item:
    """What a placeholder stands for, and whether a space was put between it and what it touches."""

    symbol: str
    text: str
    kind: Kind
    role: Role
    start: int  # of the text in the text as given
    glued_before: bool = False  # of markup alone: what it touches may stand elsewhere in the translation
    glued_behind: bool = False


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A text with the items in their places again."""

    text: str
    places: list[tuple[int, int] | None]  # of each item in it, text[start:end]; None for one whose symbol is missing


def insert_placeholders(text: str, spans: Sequence[Span], symbols: Sequence[str]) -> tuple[str, list[Item]]:
    """A text with a symbol for each span, in order, and what they stand for.

    The spans are disjoint and in order. Symbols that stand in the text outside of them are not used; where there are
    fewer than spans, ValueError is raised: see merge_runs, or cut the text. Markup that touches a word or another span
    gets a space between, so that the words look as they do without markup.
    """
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    outside = " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    usable = [symbol for symbol in symbols if symbol not in outside]
    if len(usable) < len(spans):
        raise ValueError(f"{len(spans)} spans are more than the {len(usable)} symbols for them")
    parts, items = [], []
    place = 0
    before: Span | None = None
    for span, behind, symbol in zip(spans, [*spans[1:], None], usable, strict=False):
        left = _is_parted(text, span, span.start - 1, before if before and before.end == span.start else None)
        right = _is_parted(text, span, span.end, behind if behind and behind.start == span.end else None)
        shown = text[span.start : span.end]
        items.append(
            Item(
                symbol=symbol,
                text=shown,
                kind=span.kind,
                role=span.role,
                start=span.start,
                glued_before=left and span.kind == "markup",
                glued_behind=right and span.kind == "markup",
            )
        )
        # Of two spans that touch each other, the first has put the space that both know of.
        own_space = left and not (before and before.end == span.start)
        parts += [text[place : span.start], " " if own_space else "", symbol, " " if right else ""]
        place, before = span.end, span
    return "".join([*parts, text[place:]]), items


def restore_placeholders(text: str, items: Sequence[Item]) -> Restored:
    """A text with each item in place of its symbol, however often it comes, and glued to what it touches as it was.

    Two words or numbers with nothing between them get a space, unless they touched each other in the source.
    """
    by_symbol = {item.symbol: place for place, item in enumerate(items)}
    if not by_symbol:
        return Restored(text=text, places=[])
    places: list[tuple[int, int] | None] = [None] * len(items)
    parts: list[str] = []
    length = 0
    glued = False  # to the item before
    pieces = regex.split(f"({'|'.join(map(regex.escape, by_symbol))})", text)
    for number, piece in enumerate(pieces):
        following = by_symbol.get(pieces[number + 1]) if number + 1 < len(pieces) else None
        place = by_symbol.get(piece) if number % 2 else None
        if place is None:
            if glued:
                piece = piece.removeprefix(" ")
            if following is not None and items[following].glued_before:
                piece = piece.removesuffix(" ")
            before = by_symbol.get(pieces[number - 1]) if number else None
            if not piece and before is not None and following is not None:
                piece = " " if _run_together(items[before], items[following]) else ""
        else:
            piece, glued = items[place].text, items[place].glued_behind
            places[place] = places[place] or (length, length + len(piece))
        parts.append(piece)
        length += len(piece)
    return Restored(text="".join(parts), places=places)


def _run_together(first: Item, second: Item) -> bool:
    """Whether two items would become one word side by side, and were apart in the source."""
    touched = first.start + len(first.text) == second.start
    return first.text[-1:].isalnum() and second.text[:1].isalnum() and not touched


class Positions:
    """Where each character of a text with placeholders stands in the text that has what they stand for.

    places are those of each item's text there, None for an item whose symbol is missing.
    """

    def __init__(self, text: str, items: Sequence[Item], places: Sequence[tuple[int, int] | None]) -> None:
        found = []
        for item, place in zip(items, places, strict=True):
            start = text.find(item.symbol)
            if place is not None and start >= 0:
                found.append((start, start + len(item.symbol), *place))
        self._found = sorted(found)

    def of(self, position: int) -> int:
        """The place of the character at a position; of a placeholder's, the start of what it stands for."""
        before = bisect_right(self._found, position, key=lambda each: each[0]) - 1
        if before < 0:
            return position
        _, end, place, place_end = self._found[before]
        return place if position < end else place_end + position - end


def merge_runs(text: str, spans: Iterable[Span], most: int) -> list[Span]:
    """The spans, those of literals with nothing but a comma or the like between them made one until there are most.

    Numbers of a list keep their order so, and their separators. There may still be more where nothing can be merged.
    """
    spans = list(spans)
    surplus = len(spans) - most
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if surplus > 0 and last and last.kind == span.kind == "literal" and _is_separated(text, last.end, span.start):
            merged[-1] = Span(start=last.start, end=span.end, kind="literal")
            surplus -= 1
        else:
            merged.append(span)
    return merged


def _is_parted(text: str, span: Span, place: int, neighbour: Span | None) -> bool:
    """Whether a span needs a space between it and the character at a place beside it."""
    if neighbour is not None:
        return "markup" in (span.kind, neighbour.kind)
    return span.kind == "markup" and 0 <= place < len(text) and bool(_WORD_CHARACTER.match(text, place))


def _is_separated(text: str, start: int, end: int) -> bool:
    return bool(_SEPARATOR.fullmatch(text, start, end))
