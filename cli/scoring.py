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
    Path | None, typer.Option("--input", "-i", metavar="FILE", help="The source text, if a model is to translate it.")
]
Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="A folder made by `nmt prepare`, with source and references.")
]
Split = Annotated[str, typer.Option(help="The split of --data: test, valid or train.")]
TestSet = Annotated[
    str, typer.Option("--test-set", "-t", metavar="NAME", help="One of sacrebleu's test sets, such as wmt14; needs -l.")
]
Languages = Annotated[
    str, typer.Option("--languages", "-l", metavar="PAIR", help="The languages of -t, such as de-en.")
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page to look at.")]
Lowercase = Annotated[bool, typer.Option("--lowercase", "-lc", help="Ignore case.")]
Tokenize = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="sacrebleu's tokenizer for BLEU; none for text that is already tokenised."),
]

# `--source-file` is the old name of `--input`.
OLD_SPELLINGS = {"token_normalize_func": lambda name: "input" if name == "source-file" else name}


def refuse(for_: str, given: Mapping[str, object]) -> None:
    """Raise ConfigError if options are given that have no effect."""
    if named := [name for name, value in given.items() if value]:
        raise ConfigError(f"{for_}: leave out {', '.join(named)}")
