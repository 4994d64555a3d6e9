"""The scores of a tagger as text."""

from typing import TYPE_CHECKING

from nmt.io.lines import clean_output

if TYPE_CHECKING:
    from nmt.metrics.spans import Mistake, SpanScore
    from nmt.stages.evaluate_tagger import TagEvaluation


def tag_table(result: "TagEvaluation") -> str:
    """Precision, recall and F1 of all names and of each type, confusions, and the most frequent mistakes."""
    speed = f", {result.words / result.seconds:,.0f} words/s" if result.seconds else ""
    confusion = result.scores.confusion
    types = sorted(result.scores.types.items())
    width = max(len(name) for name, _ in [("all", None), *types])
    scored = f"{result.system} on {', '.join(result.references)}"
    lines = [
        f"{scored}: {result.sentences:,} sentences, {result.words:,} words{speed}; exact spans, as conlleval",
        f"{'':{width}}  precision  recall      F1    gold   found   right",
        *(_row(name, score, width) for name, score in [("all", result.scores.micro), *types]),
        "",
        f"of {result.scores.micro.gold:,} names: {confusion.right:,} right, {confusion.wrong_type:,} of another type, "
        f"{confusion.wrong_boundary:,} with another boundary, {confusion.wrong_type_and_boundary:,} with both, "
        f"{confusion.missed:,} missed; {confusion.invented:,} invented",
        *(
            f"{gold} taken for {found}: {count:,}"
            for gold, row in sorted(confusion.types.items())
            for found, count in sorted(row.items())
            if gold != found and count
        ),
    ]
    if result.mistakes:
        lines += ["", "most frequent mistakes", *map(_mistake, result.mistakes)]
    return "\n".join(lines)


def _row(name: str, score: "SpanScore", width: int) -> str:
    return (
        f"{name:{width}}  {score.precision:9.2f}  {score.recall:6.2f}  {score.f1:6.2f}  "
        f"{score.gold:6,}  {score.predicted:6,}  {score.right:6,}"
    )


def _mistake(mistake: "Mistake") -> str:
    gold = f"{mistake.gold_text} ({mistake.gold_type})" if mistake.gold_type else "nothing"
    found = f"{mistake.predicted_text} ({mistake.predicted_type})" if mistake.predicted_type else "nothing"
    line = f"{mistake.count:5,}  {gold} found as {found}"
    return clean_output(line, line)
