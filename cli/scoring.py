"""Options that `nmt evaluate` and `nmt compare` share: the test set, and how to score."""

from pathlib import Path
from typing import Annotated

import typer

References = Annotated[
    list[Path] | None, typer.Option("--references", "-r", metavar="FILE", help="Reference translations; repeatable.")
]
SourceFile = Annotated[Path | None, typer.Option(metavar="FILE", help="The source text, for a model to translate.")]
Data = Annotated[Path | None, typer.Option(metavar="DIR", help="Take both from a folder that `nmt prepare` made.")]
Split = Annotated[str, typer.Option(help="Which part of that folder: test, valid or train.")]
TestSet = Annotated[str, typer.Option("--test-set", "-t", metavar="NAME", help="Or one of sacrebleu's, as wmt14.")]
Languages = Annotated[str, typer.Option("--languages", "-l", metavar="PAIR", help="Its languages, as de-en.")]
Lowercase = Annotated[bool, typer.Option("--lowercase", "-lc", help="Disregard case.")]
Tokenize = Annotated[
    str | None, typer.Option(metavar="NAME", help="sacrebleu's tokenizer for BLEU; none for text already tokenised.")
]
