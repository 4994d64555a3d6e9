"""`nmt compare`: systems on one test set, and whether they differ by more than chance."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, Device, SourceLanguage, TargetLanguage
from .scoring import Data, Languages, Lowercase, References, SourceFile, Split, TestSet, Tokenize

if TYPE_CHECKING:
    from nmt.evaluation import Comparison


def compare(
    systems: Annotated[
        list[Path],
        typer.Argument(metavar="SYSTEM", help="Files of translations, or model folders; the first is the baseline."),
    ],
    references: References = None,
    source_file: SourceFile = None,
    data: Data = None,
    split: Split = "test",
    test_set: TestSet = "",
    languages: Languages = "",
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    lowercase: Lowercase = False,
    tokenize: Tokenize = None,
    randomization: Annotated[
        bool, typer.Option("--randomization", help="Test by approximate randomization instead of bootstrap.")
    ] = False,
    trials: Annotated[int, typer.Option(min=0, help="Of the test; 0 for 1,000, or 10,000 randomizations.")] = 0,
    examples: Annotated[int, typer.Option(min=0, help="Show so many of the sentences that differ most.")] = 5,
    device: Device = "cpu",
    json_: AsJson = False,
) -> None:
    """Compare systems with the first one: paired significance, and wins and losses by sentence (chrF++)."""
    from nmt import pipeline

    benchmark = pipeline.open_benchmark(
        references=references or [],
        source_file=source_file,
        data=data,
        split=split,
        test_set=test_set,
        languages=languages,
        source=source,
        target=target,
        model=next((system for system in systems if system.is_dir()), None),
    )
    result = pipeline.compare(
        benchmark=benchmark,
        systems=systems,
        test="randomization" if randomization else "bootstrap",
        trials=trials,
        examples=examples,
        lowercase=lowercase,
        tokenize=tokenize,
        device=device,
    )
    print(json.dumps(asdict(result), ensure_ascii=False, indent=2) if json_ else _report(result))


def _report(result: "Comparison") -> str:
    lines = [
        f"{result.benchmark}: {result.sentences:,} sentences; p against {result.baseline}, by paired {result.test}"
    ]
    width = max(len(score.system) for score in result.scores)
    shown = ""
    for score in result.scores:
        if score.name != shown:
            shown = score.name
            lines += ["", f"{score.name}  {score.signature}"]
        chance = "" if score.p_value is None else f"  p = {score.p_value:.4f}"
        lines.append(f"  {score.system:{width}}  {score.value:6.2f}{chance}")
    for duel in result.duels:
        lines += [
            "",
            f"{duel.system} against {result.baseline}: better in {duel.wins:,} sentences, worse in {duel.losses:,}, "
            f"equal in {duel.ties:,}",
        ]
        for example in duel.examples:
            lines.append(f"  line {example.line}: {example.gain:+.1f} chrF++")
            lines += [f"    {name}: {text}" for name, text in example.texts.items()]
    return "\n".join(lines)
