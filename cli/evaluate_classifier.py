"""`nmt evaluate-classifier`: scores of a classifier against labelled lines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nmt.io.lines import clean_output

from .options import AsJson, Device, Engine
from .tables import as_json

if TYPE_CHECKING:
    from nmt.stages.evaluate_classifier import ClassifierEvaluation

_CONFUSIONS = 10  # that are shown


def evaluate_classifier(
    references: Annotated[
        list[str],
        typer.Option(
            "--references",
            "-r",
            metavar="CORPUS",
            help="Labelled lines, in any form that `nmt train-classifier` reads; repeatable.",
        ),
    ],
    model: Annotated[Path, typer.Option(metavar="DIR", help="A model folder with a classifier.", show_default=False)],
    device: Device = "cpu",
    engine: Engine = "auto",
    json_: AsJson = False,
) -> None:
    """Score the labels that a classifier finds. It tells accuracy, F1, calibration, and what is taken for what."""
    from nmt.stages import evaluate_classifier as stage

    result = stage.evaluate_classifier(model=model, references=references, device=device, engine=engine)
    print(as_json(result) if json_ else _table(result))


def _table(result: "ClassifierEvaluation") -> str:
    scores = result.scores
    width = max(len("label"), *map(len, scores.labels))
    confused = [(count, gold, found) for gold, row in scores.confusion.items() for found, count in row.items()]
    confused = sorted((each for each in confused if each[1] != each[2]), key=lambda each: (-each[0], *each[1:]))
    lines = [
        f"{result.system} on {', '.join(result.references)}: {result.lines:,} lines, "
        f"{result.lines / result.seconds:,.0f} lines/s",
        f"accuracy (micro F1) {scores.accuracy:.2f}  macro F1 {scores.macro_f1:.2f}  "
        f"expected calibration error {result.calibration_error:.2f}",
        "",
        f"{'label':{width}}  precision  recall      F1    gold   found   right",
        *(
            f"{label:{width}}  {own.precision:9.2f}  {own.recall:6.2f}  {own.f1:6.2f}  "
            f"{own.gold:6,}  {own.found:6,}  {own.right:6,}"
            for label, own in scores.labels.items()
        ),
    ]
    if confused:
        lines += ["", *(f"{gold} taken for {found}: {count:,}" for count, gold, found in confused[:_CONFUSIONS])]
    return "\n".join(clean_output(line, line) for line in lines)
