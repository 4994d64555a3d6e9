"""What the log of a training tells: curves of loss, scores and rates."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

from nmt.io.lines import read_file
from nmt.report.charts import Points, line_chart
from nmt.report.html import details, element, section, table

Curves = Mapping[str, Points]  # by the names that figures have in a log; x counts updates

# What is drawn together, by parts of names; the others have a chart of their own, but for those that say little.
_LOSSES = "loss"
_LEFT_OUT = {"epoch", "tokens_per_second"}
_TITLES = {"valid_bleu": "BLEU in validations", "valid_f1": "F1 in validations", "grad_norm": "norm of the gradient"}


def read_curves(log: Path) -> Curves:
    """The figures of a log of training. Lines that are no reports, as a crash may leave one, are passed over."""
    curves: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for line in read_file(log):
        try:
            report = json.loads(line)
            update = float(report["update"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        for name, value in report.items():
            if name != "update" and isinstance(value, int | float) and math.isfinite(value) and math.isfinite(update):
                curves[name].append((update, float(value)))
    return {name: sorted(points) for name, points in curves.items()}


def main_curve(curves: Curves) -> tuple[str, Points] | None:
    """The curve that tells best how good a model became, and its name: F1, BLEU, or the loss of validations."""
    names = {
        "valid_f1": "validation F1",
        "valid_macro_f1": "validation macro F1",
        "valid_bleu": "validation BLEU",
        "valid_loss": "validation loss",
    }
    for key, name in names.items():
        if points := curves.get(key):
            return name, points
    return None


def training_section(title: str, curves: Curves) -> Element:
    """The curves of one training, and its validations as a table."""
    losses = {_words(name): points for name, points in curves.items() if _LOSSES in name}
    others = [name for name in curves if _LOSSES not in name and name not in _LEFT_OUT]
    charts = [line_chart("loss, in nats", losses, "update")] if losses else []
    charts += [
        line_chart(_TITLES.get(name, _words(name)), {name: curves[name]}, "update") for name in _scores_first(others)
    ]
    if not charts:
        return section(title, element("p", "The log has no figures yet."))
    return section(title, element("div", charts, class_="charts"), _validations(curves))


def _scores_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: not name.startswith("valid_"))


def _validations(curves: Curves) -> Element | None:
    names = [name for name in curves if name.startswith("valid_")]
    figures = {name: dict(curves[name]) for name in names}
    updates = sorted(set().union(*figures.values()))
    if not updates:
        return None
    rows = [
        [f"{update:,.0f}", *(f"{figures[name][update]:.3f}" if update in figures[name] else "" for name in names)]
        for update in updates
    ]
    return details(
        f"{len(updates)} validations as a table", table(["update", *map(_words, names)], rows, caption="validations")
    )


def _words(name: str) -> str:
    return name.replace("valid_", "validation ").replace("_", " ")
