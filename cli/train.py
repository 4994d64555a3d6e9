"""`nmt train`: train a translator, or resume its training."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.training.log import LOG

from .options import ConfigFile, Device, Overrides, SourceLanguage, TargetLanguage, read_config
from .progress import TrainingDisplay


def train(
    data: Annotated[Path, typer.Option(help="A folder made by `nmt prepare`.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The run folder, which is a model folder after the first validation.")],
    tokenizer: Annotated[
        Path | None,
        typer.Option(help="A tokenizer made by `nmt train-tokenizer`; by default that of --init.", show_default=False),
    ] = None,
    init: Annotated[
        Path | None, typer.Option(help="A model to begin with, as for training on with text of one's own.")
    ] = None,
    config: ConfigFile = None,
    set_: Overrides = None,
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    device: Device = "cpu",
) -> None:
    """Train a translator. The same command resumes stopped training exactly, to the last bit."""
    from nmt.distributed.launch import joined_processes
    from nmt.stages import train as stage

    with joined_processes() as processes, TrainingDisplay(processes) as display:
        trained = stage.train(
            config=read_config("train", config, set_, source, target),
            data=data,
            tokenizer=tokenizer,
            out=out,
            init=init,
            device=device,
            report=display.show,
            stop=display.stop_requested,
            processes=processes,
        )
        display.show_curve(out / LOG)
        code = display.close_with_advice(f"translate with: nmt translate --model {out}", before=not trained)
    raise typer.Exit(code)
