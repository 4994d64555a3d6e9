"""`nmt tag`: names in lines of text."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import ConfigError

from .options import Device, refuse_text


def tag(
    context: typer.Context,
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder with a tagger. By default the shipped one.")
    ] = None,
    input_: Annotated[Path | None, typer.Option("--input", "-i", help="Read this file instead of stdin.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write this file instead of stdout.")] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Write JSON Lines: the line, and start, end, type, text, score of each name.")
    ] = False,
    bio: Annotated[
        bool, typer.Option("--bio", help="Write a word and its tag a line, a blank line after each.")
    ] = False,
    pretokenized: Annotated[
        bool, typer.Option("--pretokenized", help="Words have a space between them already; leave them so.")
    ] = False,
    device: Device = "cpu",
) -> None:
    """Mark the names in each line, as in: [Angela Merkel|PER] was born in [Hamburg|LOC].

    Brackets and backslashes of the line itself get a backslash in front; --json has the line as it is.
    """
    from nmt.stages import tag as stage

    refuse_text(context)
    if json_ and bio:
        raise ConfigError("--json and --bio: choose one")
    stage.tag(
        model=model,
        input=input_,
        output=output,
        form="json" if json_ else "bio" if bio else "inline",
        pretokenized=pretokenized,
        device=device,
        warn=lambda message: print(f"nmt: warning: {message}", file=sys.stderr),
    )
