"""`nmt evaluate-lm`: the perplexity of a text, or a score for each line."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import ConfigError

from .options import AsJson, InputFile, refuse_text
from .tables import as_json
from .warning import warn


def evaluate_lm(
    context: typer.Context,
    model: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder of a language model (nmt train-lm).", show_default=False)
    ],
    input_: InputFile = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write this file, with --lines.")] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Write a number for each line: the bits that a byte of it needs.")
    ] = False,
    json_: AsJson = False,
) -> None:
    """Say how well a language model foresees a text. Perplexity is given per subword and per byte."""
    from nmt.stages import evaluate_lm as stage

    refuse_text(context)
    if lines and json_:
        raise ConfigError("--lines and --json: choose one")
    if output is not None and not lines:
        raise ConfigError("--output is for --lines; add it, or leave --output out")
    if lines:
        stage.score_each_line(model=model, input=input_, output=output, warn=warn)
        return
    found = stage.evaluate_lm(model=model, input=input_, warn=warn)
    if json_:
        print(as_json(found))
        return
    print(f"{found.system}: {found.lines:,} lines, {found.subwords:,} subwords, {found.bytes:,} bytes, ends included")
    print(f"perplexity  {found.perplexity:.2f} per subword  {found.perplexity_per_byte:.4f} per byte")
    print(f"bits        {found.bits_per_byte:.4f} per byte")
