"""`nmt train-lm`: train a language model, or resume its training."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.training.log import LOG

from .options import ConfigFile, Device, Overrides, read_config
from .progress import TrainingDisplay


def train_lm(
    train: Annotated[list[Path], typer.Option(metavar="FILE", help="Text, a sentence on each line; repeatable.")],
    valid: Annotated[list[Path], typer.Option(metavar="FILE", help="Text to score each epoch on; repeatable.")],
    tokenizer: Annotated[
        Path, typer.Option(metavar="FILE", help="A model of `nmt train-tokenizer`.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to save in.", show_default=False)],
    config: ConfigFile = None,
    set_: Overrides = None,
    device: Device = "cpu",
) -> None:
    """Train a language model on text of one language. The same command resumes stopped training exactly."""
    from nmt.stages import train_lm as stage

    with TrainingDisplay() as display:
        trained = stage.train_lm(
            config=read_config("train-lm", config, set_),
            train=train,
            valid=valid,
            tokenizer=tokenizer,
            out=out,
            device=device,
            report=display.show,
            stop=display.stop_requested,
        )
        display.show_curve(out / LOG)
        code = display.close_with_advice(f"generate lines with: nmt generate --model {out}", before=not trained)
    raise typer.Exit(code)
