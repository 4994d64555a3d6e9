"""`nmt export`: an int8 engine for a model, or a small copy of the model."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    model: Annotated[
        list[Path],
        typer.Option(
            metavar="DIR",
            help="A model folder; of several, --out gets the mean of the weights, and all else of the first.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Save a small copy here, a quarter of the size, and leave the model unchanged."
        ),
    ] = None,
) -> None:
    """Add the engine that runs a model fast on CPUs. It is int8 and needs no torch; nmt train adds it."""
    from nmt.model_folder.store import open_folder

    for path in model:
        open_folder(path)  # what is missing is said before torch is loaded
    from nmt.stages import export as stage

    saved = stage.export(model=model, out=out)
    print(f"{saved}: has the engine now" if out is None else f"{saved}: saved")
