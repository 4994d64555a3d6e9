"""Scores of translations as a table or as LaTeX, and the JSON of all commands that report scores."""

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nmt.io.lines import clean_output

if TYPE_CHECKING:
    from nmt.stages.evaluate import Evaluation

# The keys that --json had first, which scripts may read.
_JSON_KEYS = {
    "test_set": "benchmark",
    "literal_recall": "survival",
    "pairwise": "duels",
    "share_of_roofline": "share_of_floor",
}


def as_json(report: Any) -> str:
    """A report (a dataclass) as JSON."""
    fields = asdict(report, dict_factory=lambda pairs: {_JSON_KEYS.get(key, key): value for key, value in pairs})
    return json.dumps(fields, ensure_ascii=False, indent=2)


def score_table(result: "Evaluation") -> str:
    """One line per score, with its interval and signature; what came through; the worst sentences, if asked for."""
    speed = f", {result.sentences / result.seconds:,.0f} sentences/s" if result.seconds else ""
    lines = [f"{result.system} on {result.test_set}: {result.sentences:,} sentences{speed}"]
    width = max(len(score.name) for score in result.scores)
    for score in result.scores:
        interval = "" if score.low is None else f"  [{score.low:6.2f}, {score.high:6.2f}]"
        lines.append(f"{score.name:{width}}  {score.value:6.2f}{interval}  {score.signature}")
    if result.preservation:
        counts = [f"{recall.kept:,} of {recall.items:,} {kind}" for kind, recall in result.preservation.items()]
        lines.append(f"{', '.join(counts)} came through")
    for sentence in result.worst:
        lines += ["", f"line {sentence.line}: {sentence.score:.1f} chrF++"]
        lines += [f"  {name}: {clean_output(text, text)}" for name, text in sentence.texts.items()]
    return "\n".join(lines)


def latex_table(result: "Evaluation") -> str:
    r"""A table for \usepackage{booktabs}; the signatures are comments above it."""
    names, values = ["System"], [_escape(result.system)]
    for score in result.scores:
        better = r"\downarrow" if score.name == "TER" else r"\uparrow"
        names.append(f"{_escape(score.name)} ${better}$")
        margin = "" if score.low is None or score.high is None else rf" $\pm$ {(score.high - score.low) / 2:.1f}"
        values.append(f"{score.value:.1f}{margin}")
    return "\n".join(
        [
            *(f"% {score.name}: {score.signature}" for score in result.scores),
            rf"\begin{{tabular}}{{l{'r' * len(result.scores)}}}",
            r"\toprule",
            " & ".join(names) + r" \\",
            r"\midrule",
            " & ".join(values) + r" \\",
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _escape(text: str) -> str:
    """Escape text for LaTeX."""
    named = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^#$%&_{}]", lambda match: named.get(match[0], "\\" + match[0]), text)
