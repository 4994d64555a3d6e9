"""`nmt train`: train a translator, or go on training one."""

from pathlib import Path
from typing import Annotated

import typer

from .options import ConfigFile, Device, Overrides, SourceLanguage, TargetLanguage, read_config
from .progress import TrainingDisplay


def train(
    data: Annotated[Path, typer.Option(help="A folder that `nmt prepare` made.", show_default=False)],
    tokenizer: Annotated[Path, typer.Option(help="What `nmt train-tokenizer` made.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The run folder; it is a model folder from the first validation on.")],
    config: ConfigFile = None,
    set_: Overrides = None,
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    device: Device = "cpu",
) -> None:
    """Train a translator. The same command goes on where a stopped training was, to the last bit."""
    from nmt.stages import train as stage

    with TrainingDisplay() as display:
        trained = stage.train(
            config=read_config("train", config, set_, source, target),
            data=data,
            tokenizer=tokenizer,
            out=out,
            device=device,
            report=display.show,
            stop=display.stop_requested,
        )
        code = display.close_with_advice(f"translate with: nmt translate --model {out}", before=not trained)
    raise typer.Exit(code)
