"""`nmt classify`: label lines of text."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Device, Engine, InputFile, OutputFile, refuse_text
from .warning import warn


def classify(
    context: typer.Context,
    model: Annotated[Path, typer.Option(metavar="DIR", help="A model folder with a classifier.", show_default=False)],
    input_: InputFile = None,
    output: OutputFile = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Write JSON Lines: the line, its label, and the probability of each label.")
    ] = False,
    device: Device = "cpu",
    engine: Engine = "auto",
) -> None:
    """Write each line's label and its probability. A blank line gets nothing."""
    from nmt.stages import classify as stage

    refuse_text(context)
    stage.classify(model=model, input=input_, output=output, as_json=json_, device=device, engine=engine, warn=warn)
