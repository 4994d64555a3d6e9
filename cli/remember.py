"""`nmt remember`: a memory of a user's own translations."""

from pathlib import Path
from typing import Annotated

import typer

from .options import SourceLanguage, TargetLanguage
from .warning import warn


def remember(
    corpora: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS", help="Own translations: two aligned text files, or .tsv, .csv, .tmx and others."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The memory to write.")],
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The model that is to remember. By default the shipped one.")
    ] = None,
    source: SourceLanguage = "",
    target: TargetLanguage = "",
) -> None:
    """Remember translations, without training. It takes seconds; nmt translate --memory FILE leans towards them."""
    from nmt.stages.remember import make_memory

    made = make_memory(corpora=corpora, output=output, model=model, source=source, target=target, warn=warn)
    left_out = f", {made.left_out:,} left out" if made.left_out else ""
    print(f"{output}: remembers {made.pairs:,} pairs{left_out}")
    print(
        f"perplexity of {made.fit.pairs:,} of them from the others: {made.fit.before:.1f} by the model, "
        f"{made.fit.after:.1f} with the memory"
    )
