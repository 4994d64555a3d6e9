"""The same for a terminal of 80 columns: a curve, and how a line was translated."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from unicodedata import category, east_asian_width

from nmt.decoding.explain import Choice, ExplainedSegment, Explanation
from nmt.decoding.translator import Alternative
from nmt.io.lines import clean_output
from nmt.report.charts import Points, number

WIDTH = 80
PIECE = 16  # columns for a subword
SHOWN_FROM = 0.005  # probability of what else is shown

_BLOCKS = " ▁▂▃▄▅▆▇█"


def curve_lines(points: Points, name: str, *, width: int = 60, height: int = 6) -> list[str]:
    """A curve of points in order of x, as bars of blocks over time; the last value is written out."""
    xs, ys = zip(*points, strict=True)
    low, high = min(ys), max(ys)
    columns = [_value_at(points, xs[0] + (xs[-1] - xs[0]) * column / max(1, width - 1)) for column in range(width)]
    eighths = [1 + round((y - low) / (high - low) * (8 * height - 1)) if high > low else 4 * height for y in columns]
    labels = {height - 1: number(high)} | ({0: number(low)} if high > low else {})
    margin = max(map(len, labels.values()))
    rows = [
        f"{labels.get(row, ''):>{margin}} │" + "".join(_BLOCKS[min(8, max(0, each - 8 * row))] for each in eighths)
        for row in reversed(range(height))
    ]
    ends = f"{xs[0]:,.0f}", f"{xs[-1]:,.0f} updates"
    axis = " " * margin + " └" + "─" * width
    scale = " " * (margin + 2) + ends[0] + ends[1].rjust(width - len(ends[0]))
    return [f"{name}, {number(ys[-1])} at the end", *rows, axis, scale]


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """A line, its translation, what was protected, and how each sentence was written."""
    translation = explanation.translation
    best, *others = translation.alternatives
    yield from _entry("source", translation.source)
    yield from _entry("translation", best.text)
    yield from _entry("", _told(best))
    for item in best.items:
        yield from _entry("protected", f"{item.text}  ({item.kind}, {item.status})")
    if best.alignment:
        yield from _entry("words", "  ".join(_word_pairs(translation.source, best)))
    for count, segment in enumerate(explanation.segments, start=1):
        yield ""
        yield from _entry(f"sentence {count}", " ".join(segment.source))
        for hidden in segment.items:
            yield from _entry("", f"{hidden.symbol} stands for {hidden.text}")
        yield from _table(segment)
    if others:
        yield ""
        for other in others:
            yield from _entry("or", f"{other.text}  ({_told(other)})")


def _told(alternative: Alternative) -> str:
    flags = f", {' '.join(alternative.flags)}" if alternative.flags else ""
    return f"score {alternative.score:.2f}, confidence {alternative.confidence:.2f}{flags}"


def _word_pairs(source: str, best: Alternative) -> Iterator[str]:
    """Each word of the translation with those of the source that belong to it."""
    here, there = source.split(), best.text.split()
    for place, links in groupby(best.alignment or (), key=lambda link: link[1]):
        yield f"{'+'.join(here[first] for first, _ in links)}={there[place]}"


def _table(segment: ExplainedSegment) -> Iterator[str]:
    yield f"  {_fit('written', PIECE)} prob  {_fit('attends to', PIECE)}       or else"
    for written, weights in zip(segment.target, segment.attention, strict=True):
        place = int(weights.argmax()) if len(weights) else None
        attended = (
            f"{_fit('', PIECE)}     " if place is None else f"{_fit(segment.source[place], PIECE)} {weights[place]:.2f}"
        )
        start = f"  {_fit(written.piece, PIECE)} {written.probability:.2f}  {attended}  "
        yield (start + _choices(written.others, WIDTH - columns_of(start))).rstrip()


def _choices(others: Sequence[Choice], room: int) -> str:
    """As many of the choices as there is room for."""
    told = ""
    for choice in others:
        more = f"{_clean(choice.piece)} {choice.probability:.2f}  "
        if choice.probability < SHOWN_FROM or columns_of(told + more.rstrip()) > room:
            break
        told += more
    return told


def _entry(name: str, content: str) -> Iterator[str]:
    """A named text, broken at spaces where it is wider than a terminal."""
    wrapped = textwrap.wrap(
        _clean(content), WIDTH - 13, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    for number_, line in enumerate(wrapped or [""]):
        yield f"{name if number_ == 0 else '':12} {line}".rstrip()


def _fit(text: str, width: int) -> str:
    """A text in exactly so many columns."""
    text = _clean(text)
    if columns_of(text) > width:
        while columns_of(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns_of(text))


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes: none for marks on letters, two for wide characters."""
    return sum(
        0 if category(character) in ("Mn", "Me", "Cf") else 2 if east_asian_width(character) in "WF" else 1
        for character in text
    )


def _clean(text: str) -> str:
    return clean_output(text, text)


def _value_at(points: Points, x: float) -> float:
    """The value of the last point that is not behind x."""
    return [value for place, value in points if place <= x + 1e-9][-1]
