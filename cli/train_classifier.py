"""`nmt train-classifier`: train a classifier of lines on a translator's encoder, or resume its training."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.model_folder.manifest import CLASSIFIER_PREFIX
from nmt.training.log import LOG

from .options import ConfigFile, Device, Overrides, read_config
from .progress import TrainingDisplay


def train_classifier(
    model: Annotated[Path, typer.Option(metavar="DIR", help="The model folder of a translator.", show_default=False)],
    train: Annotated[
        list[str],
        typer.Option(
            metavar="CORPUS",
            help="Labelled lines: label, tab and text, .jsonl, a folder saved by `datasets`, or hf:NAME; repeatable.",
        ),
    ],
    valid: Annotated[
        list[str], typer.Option(metavar="CORPUS", help="Labelled lines to score each epoch on; repeatable.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder to save in; by default that of the translator.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder made by `nmt prepare`, with translations for joint training."),
    ] = None,
    config: ConfigFile = None,
    set_: Overrides = None,
    device: Device = "cpu",
) -> None:
    """Train a classifier of lines. The same command resumes stopped training exactly, to the last bit."""
    from nmt.distributed.launch import joined_processes
    from nmt.stages import train_classifier as stage

    command = "train-classifier --data" if data else "train-classifier"
    with joined_processes() as processes, TrainingDisplay(processes) as display:
        trained = stage.train_classifier(
            config=read_config(command, config, set_),
            model=model,
            train=train,
            valid=valid,
            out=out,
            data=data,
            device=device,
            report=display.show,
            stop=display.stop_requested,
            processes=processes,
        )
        display.show_curve((out or model) / f"{CLASSIFIER_PREFIX}{LOG}")
        code = display.close_with_advice(f"label lines with: nmt classify --model {out or model}", before=not trained)
    raise typer.Exit(code)
