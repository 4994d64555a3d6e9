"""`nmt train-tagger`: train a tagger on a translator's encoder, or resume its training."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.model_folder.manifest import TAGGER_PREFIX
from nmt.training.log import LOG

from .options import ConfigFile, Device, Overrides, read_config
from .progress import TrainingDisplay


def train_tagger(
    model: Annotated[Path, typer.Option(metavar="DIR", help="The model folder of a translator.", show_default=False)],
    train: Annotated[
        list[str],
        typer.Option(
            metavar="CORPUS",
            help="Tagged sentences: CoNLL columns, .jsonl, a folder saved by `datasets`, or hf:NAME; repeatable.",
        ),
    ],
    valid: Annotated[
        list[str], typer.Option(metavar="CORPUS", help="Tagged sentences to score each epoch on; repeatable.")
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
    strict: Annotated[bool, typer.Option("--strict", help="Refuse names that do not begin with a B- tag.")] = False,
    device: Device = "cpu",
) -> None:
    """Train a tagger of names. The same command resumes stopped training exactly, to the last bit."""
    from nmt.distributed.launch import joined_processes
    from nmt.stages import train_tagger as stage

    with joined_processes() as processes, TrainingDisplay(processes) as display:
        trained = stage.train_tagger(
            config=read_config("train-tagger --data" if data else "train-tagger", config, set_),
            model=model,
            train=train,
            valid=valid,
            out=out,
            data=data,
            strict=strict,
            device=device,
            report=display.show,
            stop=display.stop_requested,
            processes=processes,
        )
        display.show_curve((out or model) / f"{TAGGER_PREFIX}{LOG}")
        code = display.close_with_advice(f"tag with: nmt tag --model {out or model}", before=not trained)
    raise typer.Exit(code)
