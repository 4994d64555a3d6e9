"""Options that `nmt evaluate` and `nmt compare` share: the test set, and how to score."""

from pathlib import Path
from typing import Annotated

import typer

References = Annotated[
    list[Path] | None,
    typer.Option("--references", "-r", metavar="FILE", help="Reference translations, or tagged sentences; repeatable."),
]
SourceFile = Annotated[Path | None, typer.Option(metavar="FILE", help="The source text, for a model to translate.")]
Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A folder that `nmt prepare` made, for source and references.")
]
Split = Annotated[str, typer.Option(help="Which part of --data: test, valid or train.")]
TestSet = Annotated[
    str, typer.Option("--test-set", "-t", metavar="NAME", help="One of sacrebleu's test sets, as wmt14; needs -l.")
]
Languages = Annotated[str, typer.Option("--languages", "-l", metavar="PAIR", help="The languages of -t, as de-en.")]
Lowercase = Annotated[bool, typer.Option("--lowercase", "-lc", help="Disregard case.")]
Tokenize = Annotated[
    str | None, typer.Option(metavar="NAME", help="sacrebleu's tokenizer for BLEU; none for text already tokenised.")
]
