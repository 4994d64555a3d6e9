"""`nmt tag`: find names in lines of text."""

from pathlib import Path
from typing import Annotated, Any

import typer

from nmt.errors import ConfigError

from .options import Device, Engine, OnRay, OutputFile, input_or_stream, refuse_text
from .warning import warn


def tag(
    context: typer.Context,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder with a tagger. By default the shipped one.")
    ] = None,
    input_: Annotated[
        list[Path] | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            callback=input_or_stream,
            help="Read this file instead of stdin; with --ray repeatable.",
        ),
    ] = None,
    output: OutputFile = None,
    json_: Annotated[
        bool,
        typer.Option("--json", help="Write JSON Lines: the line, and start, end, type, text and score of each name."),
    ] = False,
    bio: Annotated[
        bool,
        typer.Option("--bio", help="Write one word and its tag per line, and a blank line after each line of input."),
    ] = False,
    pretokenized: Annotated[
        bool, typer.Option("--pretokenized", help="The words are separated by spaces already; keep them.")
    ] = False,
    ray: OnRay = False,
    device: Device = "cpu",
    engine: Engine = "auto",
) -> None:
    """Mark the names in each line. It writes: [Angela Merkel|PER] was born in [Hamburg|LOC].

    Brackets and backslashes of the line itself get a backslash in front; --json has the line as it is.
    """
    from nmt.stages import tag as stage

    refuse_text(context)
    if json_ and bio:
        raise ConfigError("--json and --bio: choose one")
    job: dict[str, Any] = {
        "model": model,
        "form": "json" if json_ else "bio" if bio else "inline",
        "pretokenized": pretokenized,
        "device": device,
        "engine": engine,
    }
    inputs = input_ or []
    if ray:
        from .ray import work_on_ray

        work_on_ray(stage.TaggingJob(**job), inputs, output)
        return
    if len(inputs) > 1:
        raise ConfigError("-i: names are marked in one file at a time; join them by cat, or add --ray and a folder")
    stage.tag(input=inputs[0] if inputs else None, output=output, warn=warn, **job)
