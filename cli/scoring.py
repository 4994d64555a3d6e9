"""Options that `nmt evaluate` and `nmt compare` share: the test set, and how to score."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import ConfigError

References = Annotated[
    list[Path] | None,
    typer.Option("--references", "-r", metavar="FILE", help="Reference translations; repeatable."),
]
InputFile = Annotated[
    Path | None, typer.Option("--input", "-i", metavar="FILE", help="The source text, for a model to translate.")
]
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

# `--source-file` is what `--input` was called first.
OLD_SPELLINGS = {"token_normalize_func": lambda name: "input" if name == "source-file" else name}


def refuse(for_: str, given: Mapping[str, object]) -> None:
    """Raise ConfigError if options are given that have no effect."""
    if named := [name for name, value in given.items() if value]:
        raise ConfigError(f"{for_}: leave out {', '.join(named)}")
