"""`nmt train-tokenizer`: train the subword model."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import ConfigFile, Overrides, SourceLanguage, TargetLanguage, read_config


def train_tokenizer(
    data: Annotated[Path, typer.Option(help="A folder made by `nmt prepare`.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="The model file to write; with --separate, the folder for two.", show_default=False)
    ],
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    kind: Annotated[str | None, typer.Option(help="unigram (default) or bpe.")] = None,
    vocab_size: Annotated[int | None, typer.Option(help="Number of pieces; by default 8,000.")] = None,
    character_coverage: Annotated[
        float | None, typer.Option(help="Share of the text whose characters get a piece; by default 1.")
    ] = None,
    byte_fallback: Annotated[
        bool, typer.Option("--byte-fallback", help="Spell unknown characters as bytes, at the cost of 256 pieces.")
    ] = False,
    separate: Annotated[bool, typer.Option("--separate", help="Train one model per language.")] = False,
    symbol: Annotated[
        list[str] | None, typer.Option(help="Reserve one more symbol, such as <name>; repeatable.", show_default=False)
    ] = None,
    config: ConfigFile = None,
    set_: Overrides = None,
) -> None:
    """Train a subword model on the training text. Both languages share it, but for --separate."""
    from nmt.stages import train_tokenizer as stage

    options = {
        "kind": kind,
        "vocab_size": vocab_size,
        "character_coverage": character_coverage,
        "byte_fallback": "true" if byte_fallback else None,
        "shared": "false" if separate else None,
    }
    overrides = [f"tokenizer.{name}={value}" for name, value in options.items() if value is not None]
    written = stage.train_tokenizer(
        config=read_config("train-tokenizer", config, [*(set_ or []), *overrides], source, target),
        data=data,
        out=out,
        symbols=symbol or [],
    )
    for path in written:
        print(f"wrote {path}", file=sys.stderr)
