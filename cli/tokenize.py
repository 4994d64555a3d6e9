"""`nmt tokenize`: text into subwords and back."""

from pathlib import Path
from typing import Annotated

import typer

from .options import refuse_text


def tokenize(
    context: typer.Context,
    tokenizer: Annotated[
        Path, typer.Option(help="What `nmt train-tokenizer` made, or a model folder.", show_default=False)
    ],
    ids: Annotated[bool, typer.Option("--ids", help="Subwords as ids instead of pieces.")] = False,
    decode: Annotated[bool, typer.Option("--decode", help="Subwords in, text out.")] = False,
    target: Annotated[
        bool, typer.Option("--target-side", help="The target language's model, where there are two.")
    ] = False,
) -> None:
    """Turn each line of stdin into subwords, separated by spaces, or subwords into a line of text."""
    from nmt.stages import tokenize as stage

    refuse_text(context)
    stage.tokenize(tokenizer=tokenizer, as_ids=ids, decode=decode, target_side=target)
