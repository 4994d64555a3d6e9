"""`nmt prepare`: from corpora to clean splits."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from .live_line import LiveLine
from .options import ConfigFile, Overrides, Replace, SourceLanguage, TargetLanguage, read_config


def prepare(
    out: Annotated[Path, typer.Option(help="The folder for train, valid and test files.", show_default=False)],
    corpora: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CORPUS",
            help="Two aligned text files, or .tsv, .jsonl, .csv, .parquet, .tmx (each may be .gz), a folder that "
            "`datasets` saved, or hf:NAME[:CONFIG[:SPLIT]]; several are joined. Without any, the corpora "
            "of --config are read.",
        ),
    ] = None,
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    valid: Annotated[
        list[str] | None,
        typer.Option(
            help="Validation corpus, in the same forms; give the option twice for two text files. Not cleaned.",
            show_default=False,
        ),
    ] = None,
    test: Annotated[
        list[str] | None,
        typer.Option(
            help="Test corpus, in the same forms; give the option twice for two text files. Not cleaned.",
            show_default=False,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE,TARGET",
            help="Columns to read; by default those named after the languages, or the only two.",
            show_default=False,
        ),
    ] = None,
    hold_out: Annotated[
        int | None,
        typer.Option(min=1, help="Pairs to hold out for a split that is not given; by default 2,000, at most 5%."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Of the pairs that the rules leave, draw so many at random; held-out ones included."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides which pairs are drawn, and which held out.")] = 1,
    replace: Replace = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
    config: ConfigFile = None,
    set_: Overrides = None,
) -> None:
    """Clean corpora and split them. --set cleaning.RULE=0 (or =false) switches a cleaning rule off."""
    from nmt.stages import prepare as stage

    with LiveLine() as line:
        counts = stage.prepare(
            config=read_config("prepare", config, set_, source, target),
            corpora=corpora or [],
            valid=valid or [],
            test=test or [],
            columns=columns,
            out=out,
            size=hold_out,
            limit=limit,
            seed=seed,
            report=line.show_pairs,
            warn=line.warn,
            replace_corpus=replace,
        )
    if json_:
        print(json.dumps(counts))
        return
    print_counts(counts)


def print_counts(report: dict[str, Any]) -> None:
    """Show the counts in report.json of a prepared folder."""
    print(f"{'pairs read':<24}{report['read']:>12,}")
    if report.get("line_ends"):  # a distilled folder has none
        print(f"{'  with line ends':<24}{report['line_ends']:>12,}  (now spaces)")
    for rule, count in report["rejected"].items():
        print(f"  {rule:<22}{count:>12,}")
    for split, count in report["kept"].items():
        print(f"{split:<24}{count:>12,}")
        for corpus in report.get("corpora", []) if split == "train" else []:
            print(f"  {corpus['name']:<22}{corpus['pairs']:>12,}")
