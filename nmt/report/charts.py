"""Charts as SVG: curves, bars, intervals, and attention as a picture. Colours and fonts are those of the page."""

import math
from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element

from nmt.report.html import element, scrolled

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 420, 230  # units of a chart of curves, which is as wide as there is room
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 10, 26
CLASSES = ("one", "two", "three", "four")
GROUPS = ("rest", *CLASSES)  # of points
MOST_POINTS = 300  # of a curve that are drawn: a screen shows no more

CELL = 16  # units of a cell of a picture of attention
LEAST_WEIGHT = 0.03  # that is drawn
LETTER = 6.6  # units that a letter of a label takes, at most for usual ones


def line_chart(title: str, curves: Mapping[str, Points], x_name: str) -> Element:
    """Curves by their names, at most four, over the same x axis; points are in the order of x. A figure."""
    drawn = {name: thinned(points) for name, points in curves.items()}
    xs, ys = zip(*(point for points in drawn.values() for point in points), strict=True)
    x_ticks, y_ticks = ticks(min(xs), max(xs)), ticks(min(ys), max(ys))
    x_low, x_high = min(xs), max(max(xs), min(xs) + 1e-9)
    y_low, y_high = y_ticks[0], y_ticks[-1]

    def x_place(x: float) -> float:
        return float(round(LEFT + (x - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT), 1))

    def y_place(y: float) -> float:
        return round(TOP + (y_high - y) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM), 1)

    parts: list[Element] = []
    for tick in y_ticks:
        place = y_place(tick)
        parts.append(element("path", class_="axis", d=f"M{LEFT} {place}H{WIDTH - RIGHT}"))
        parts.append(element("text", number(tick), x=LEFT - 6, y=place + 4, text_anchor="end"))
    for tick in x_ticks:
        if x_low <= tick <= x_high:
            parts.append(element("text", number(tick), x=x_place(tick), y=HEIGHT - 8, text_anchor="middle"))
    for class_, points in zip(CLASSES, drawn.values(), strict=False):
        path = "L".join(f"{x_place(x)} {y_place(y)}" for x, y in points)
        parts.append(element("path", class_=f"curve {class_}", d=f"M{path}"))
        if len(points) == 1:
            parts.append(element("circle", class_="dot", cx=x_place(points[0][0]), cy=y_place(points[0][1]), r=3))
    last = ", ".join(f"{name} {number(points[-1][1])} at the end" for name, points in curves.items())
    picture = element(
        "svg", parts, class_="chart", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=f"{title}: {last}"
    )
    keys = _legend(map(_line_key, CLASSES), list(drawn)) if len(drawn) > 1 else []
    return element("figure", element("figcaption", f"{title}, by {x_name}", keys), picture)


def scatter_chart(title: str, groups: Mapping[str, Points]) -> Element:
    """Points by the names of their groups, of which the first is drawn in grey beneath at most four others."""
    shown = dict(list(groups.items())[: 1 + len(CLASSES)])
    xs, ys = zip(*(point for points in shown.values() for point in points), strict=True)
    x_low, x_high, y_low, y_high = min(xs), max(max(xs), min(xs) + 1e-9), min(ys), max(max(ys), min(ys) + 1e-9)
    dots = [
        element(
            "circle",
            class_=f"point {class_}",
            cx=round(RIGHT + (x - x_low) / (x_high - x_low) * (WIDTH - 2 * RIGHT), 1),
            cy=round(TOP + (y_high - y) / (y_high - y_low) * (HEIGHT - 2 * TOP), 1),
            r=2.2,
        )
        for class_, points in zip(GROUPS, shown.values(), strict=False)
        for x, y in points
    ]
    counted = ", ".join(f"{name} {len(points)}" for name, points in shown.items())
    picture = element(
        "svg", dots, class_="chart", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=f"{title}: {counted}"
    )
    names = [f"{name} ({len(points):,})" for name, points in shown.items()]
    return element("figure", element("figcaption", title, _legend(map(_point_key, GROUPS), names)), picture)


def bar(value: float, most: float = 100.0) -> Element:
    """A bar from 0 to value, beside the number itself, which the page tells in words."""
    share = max(0.0, min(1.0, value / most)) if most > 0 else 0.0
    return element(
        "svg",
        element("rect", class_="track", x=0, y=4, width=100, height=8),
        element("rect", class_="bar", x=0, y=4, width=round(100 * share, 1), height=8),
        width=100,
        height=16,
        aria_hidden="true",
    )


def interval(value: float, low: float, high: float) -> Element:
    """A score from 0 to 100 as a dot, and its interval as a band."""
    low, high, value = (max(0.0, min(100.0, each)) for each in (low, high, value))
    return element(
        "svg",
        element("rect", class_="track", x=0, y=7, width=100, height=2),
        element("rect", class_="span", x=round(low, 1), y=4, width=round(max(high - low, 1.0), 1), height=8),
        element("circle", class_="dot", cx=round(value, 1), cy=8, r=3),
        width=100,
        height=16,
        aria_hidden="true",
    )


def heatmap(rows: Sequence[str], columns: Sequence[str], weights: Sequence[Sequence[float]], label: str) -> Element:
    """Weights between 0 and 1, one row of cells for each name at the left, the darker the greater."""
    left = 10 + LETTER * max(map(len, rows), default=0)
    top = 10 + LETTER * max(map(len, columns), default=0) * 0.87
    width, height = left + CELL * len(columns) + top * 0.6, top + CELL * len(rows) + 4
    parts = [
        element(
            "text", name, class_="piece", x=round(left - 6, 1), y=round(top + CELL * (row + 0.75), 1), text_anchor="end"
        )
        for row, name in enumerate(rows)
    ]
    for column, name in enumerate(columns):
        x, y = round(left + CELL * (column + 0.65), 1), round(top - 4, 1)
        parts.append(element("text", name, class_="piece", x=x, y=y, transform=f"rotate(-60 {x} {y})"))
    for row, own in enumerate(weights):
        parts.append(element("path", class_="axis", d=f"M{left:.0f} {top + CELL * row:.0f}h{CELL * len(columns)}"))
        parts += [
            element(
                "rect",
                class_="cell",
                x=round(left + CELL * column + 1, 1),
                y=round(top + CELL * row + 1, 1),
                width=CELL - 2,
                height=CELL - 2,
                opacity=round(min(1.0, float(weight)), 2),
            )
            for column, weight in enumerate(own)
            if weight >= LEAST_WEIGHT
        ]
    picture = element(
        "svg", parts, width=round(width), height=round(height), viewBox=f"0 0 {width:.0f} {height:.0f}", role="img",
        aria_label=label,
    )  # fmt: skip
    return scrolled(picture, label)


def ticks(low: float, high: float) -> list[float]:
    """Four to eight round numbers that enclose a range: steps of 1, 2 or 5 and a power of ten."""
    if high <= low:
        high = low + (abs(low) * 0.1 or 1.0)
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [float(f"{count * step:.12g}") for count in range(first, last + 1)]


def thinned(points: Points) -> Points:
    """A curve with at most MOST_POINTS points: means of neighbours, and the last one as it is."""
    size = math.ceil(len(points) / MOST_POINTS)
    if size <= 1:
        return points
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    means = [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
    return [*means[:-1], points[-1]]


def number(value: float) -> str:
    """A number for an axis or a caption: 12k, 0.0003, 38.2."""
    if abs(value) >= 10_000:
        return f"{value / 1000:g}k" if value % 1000 == 0 else f"{value / 1000:.1f}k"
    return f"{value:.4g}"


def _line_key(class_: str) -> Element:
    line = element("path", class_=f"curve {class_}", d="M0 6H26")
    return element("svg", line, width=30, height=12, aria_hidden="true")


def _point_key(class_: str) -> Element:
    point = element("circle", class_=f"point {class_}", cx=6, cy=6, r=4)
    return element("svg", point, width=14, height=12, aria_hidden="true")


def _legend(keys: Iterable[Element], names: Sequence[str]) -> list[Element]:
    return [element("div", key, name, class_="key") for key, name in zip(keys, names, strict=False)]
