"""Options that several commands share, and the configuration that some of them read."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from nmt.config import Config

ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE.toml", help="A configuration file, or the name of a recipe.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override one key of the configuration; repeatable."),
]
SourceLanguage = Annotated[str, typer.Option("--source", metavar="LANG", help="Source language, such as `de`.")]
TargetLanguage = Annotated[str, typer.Option("--target", metavar="LANG", help="Target language, such as `en`.")]
Engine = Annotated[
    Literal["auto", "onnx", "torch"],
    typer.Option(help="What runs the model: the exported int8 engine, torch, or (auto) the first of the two that can."),
]
BeamSize = Annotated[
    int | None, typer.Option(help="Hypotheses kept at a time; 1 is greedy search. By default the model's own.")
]
LengthPenalty = Annotated[
    float | None, typer.Option(help="Higher values favour longer translations. By default the model's own.")
]
Device = Annotated[str, typer.Option(help="cpu (the default even if there is a GPU), cuda, or cuda:N.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


def read_config(
    command: str, config: Path | None, overrides: list[str] | None, source: str = "", target: str = ""
) -> "Config":
    """The configuration of a file or recipe, with the overrides and languages from a command's options."""
    from nmt.config import load_config

    loaded = load_config(config, overrides or [], command=command)
    return replace(loaded, source=source or loaded.source, target=target or loaded.target)
