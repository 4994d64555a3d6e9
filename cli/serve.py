"""`nmt serve`: translate over HTTP, and on a page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import Device, Engine


def serve(
    model: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="A model folder; repeatable, for other languages. By default the shipped one."
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 is every one that this machine has.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes any that is free.")] = 5000,
    api_keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answer only who names a key of this file, one on each line.")
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Let the pages of this site use the server; repeatable, * is all."),
    ] = None,
    max_characters: Annotated[int, typer.Option(help="Characters that one request may have.")] = 50_000,
    max_seconds: Annotated[float, typer.Option(help="Seconds after which a request is given up.")] = 60.0,
    max_waiting: Annotated[int, typer.Option(help="Requests at a time; further ones are sent away.")] = 256,
    per_minute: Annotated[int, typer.Option(help="Requests of one client in a minute; 0 is any number.")] = 0,
    log: Annotated[
        bool, typer.Option("--log", help="Write a line for each request to stderr, without its text.")
    ] = False,
    device: Device = "cpu",
    engine: Engine = "auto",
) -> None:
    """Serve models over HTTP. LibreTranslate's clients can ask, and so can a page.

    Ctrl-C ends it, once all are answered.
    """
    from nmt.stages import serve as stage

    stage.serve(
        models=model or (),
        host=host,
        port=port,
        api_keys=api_keys,
        origins=tuple(allow_origin or ()),
        max_characters=max_characters,
        max_seconds=max_seconds,
        max_waiting=max_waiting,
        per_minute=per_minute,
        log=log,
        device=device,
        engine=engine,
        say=lambda message: print(f"nmt: {message}", file=sys.stderr, flush=True),
    )
