"""Options that several commands share, and the configuration that some of them read."""

import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from nmt.errors import ConfigError
from nmt.io.files import check_there

if TYPE_CHECKING:
    from nmt.config import Config

_Paths = TypeVar("_Paths", Path | None, list[Path] | None)


def or_stream(value: _Paths) -> _Paths:
    """The file or files of an option; "-" stands for none, so for stdin or stdout, as other programs have it."""
    return None if value in (Path("-"), [Path("-")]) else value


def input_or_stream(value: _Paths) -> _Paths:
    """The same of what is read. Raises DataError if it is not there, before anything else is loaded."""
    value = or_stream(value)
    for path in value if isinstance(value, list) else [value]:
        if path:
            check_there(path)
    return value


InputFile = Annotated[
    Path | None,
    typer.Option("--input", "-i", metavar="FILE", callback=input_or_stream, help="Read this file instead of stdin."),
]
OutputFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", callback=or_stream, help="Write this file instead of stdout."),
]
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
Replace = Annotated[bool, typer.Option("--replace", help="Replace another corpus that --out holds.")]
OnRay = Annotated[
    bool, typer.Option("--ray", help="Share the lines out on a Ray cluster, or on all CPUs, and write into a folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]

# For commands that have no arguments but may be given one: see refuse_text.
TEXT_ALLOWED = {"allow_extra_args": True}


def refuse_text(context: typer.Context) -> None:
    """Raise ConfigError, which says how, if text or a file's name stands where a command has options alone."""
    if not context.args:
        return
    command, text = f"nmt {context.info_name}", " ".join(context.args)
    if os.path.isfile(text):  # noqa: PTH113 - Path.is_file() fails if text is longer than a file's name can be
        raise ConfigError(f"{text}: name the file by an option or pipe it: {command} < {shlex.quote(text)}")
    raise ConfigError(f"{text[:40]!r}: pipe the text: printf '%s\\n' {shlex.quote(text)} | {command}")


def read_config(
    command: str, config: Path | None, overrides: list[str] | None, source: str = "", target: str = ""
) -> "Config":
    """The configuration of a file or recipe, with the overrides and languages from a command's options."""
    from nmt.config import load_config

    loaded = load_config(config, overrides or [], command=command)
    return replace(loaded, source=source or loaded.source, target=target or loaded.target)
