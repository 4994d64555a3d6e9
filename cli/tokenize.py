"""`nmt tokenize`: from text to subwords and back."""

from pathlib import Path
from typing import Annotated

import typer

from .options import InputFile, OutputFile, refuse_text
from .warning import warn


def tokenize(
    context: typer.Context,
    tokenizer: Annotated[
        Path, typer.Option(help="A tokenizer made by `nmt train-tokenizer`, or a model folder.", show_default=False)
    ],
    input_: InputFile = None,
    output: OutputFile = None,
    ids: Annotated[bool, typer.Option("--ids", help="Write, or read, ids instead of pieces.")] = False,
    decode: Annotated[bool, typer.Option("--decode", help="Turn subwords into text.")] = False,
    target: Annotated[
        bool, typer.Option("--target-side", help="Use the target language's tokenizer, if there are two.")
    ] = False,
) -> None:
    """Turn lines into subwords, or subwords into lines. Spaces separate the subwords of a line."""
    from nmt.stages import tokenize as stage

    refuse_text(context)
    stage.tokenize(
        tokenizer=tokenizer,
        input=input_,
        output=output,
        as_ids=ids,
        decode=decode,
        target_side=target,
        warn=warn,
    )
