"""`nmt inspect`: a page on what a network does inside."""

from pathlib import Path
from typing import Annotated

import typer

from .options import SourceLanguage


def inspect(
    model: Annotated[Path, typer.Option(metavar="DIR", help="A model or run folder.", show_default=False)],
    input_: Annotated[Path, typer.Option("--input", "-i", metavar="FILE", help="Lines of text for it to read.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.html", help="The page to write.")],
    source: SourceLanguage = "",
    lines: Annotated[int, typer.Option(min=1, help="Read so many lines, blank ones not counted.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Decides the weights of the untrained layers.")] = 1,
) -> None:
    """Look into a network, on one HTML page. It shows gradients, states of words, attention, curves."""
    from nmt.model_folder.store import open_folder

    open_folder(model)  # what is missing is said before torch is loaded
    from nmt.stages import inspect as stage

    stage.inspect(model=model, input=input_, output=output, source=source, lines=lines, seed=seed)
