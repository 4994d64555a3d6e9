"""`nmt compare`: several systems on one test set, and whether their differences are significant."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nmt.io.files import refuse_overwriting
from nmt.io.lines import clean_output

from .options import AsJson, Device, SourceLanguage, TargetLanguage
from .scoring import Data, Html, InputFile, Languages, Lowercase, References, Split, TestSet, Tokenize
from .tables import as_json
from .warning import warn

if TYPE_CHECKING:
    from nmt.stages.compare import Comparison, PairwiseComparison


def compare(
    systems: Annotated[
        list[Path],
        typer.Argument(metavar="SYSTEM", help="Files of translations or model folders; the first one is the baseline."),
    ],
    references: References = None,
    input_: InputFile = None,
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
    trials: Annotated[
        int,
        typer.Option(
            min=0, max=1_000_000, help="Trials of the test; 0 means 1,000 (bootstrap) or 10,000 (randomization)."
        ),
    ] = 0,
    examples: Annotated[int, typer.Option(min=0, help="Number of sentences to show, those that differ most.")] = 5,
    html: Html = None,
    device: Device = "cpu",
    json_: AsJson = False,
) -> None:
    """Compare systems with the first one. It tests significance in pairs, and shows wins, losses and regressions."""
    from nmt.stages import compare as stage
    from nmt.stages.paths import model_files, prepared_files
    from nmt.stages.systems import open_test_set

    if html is not None:
        read = [*(references or []), *filter(None, [input_]), *(prepared_files(data) if data else [])]
        files = [file for system in systems for file in (model_files(system) if system.is_dir() else [system])]
        refuse_overwriting([html], [*read, *files])
    opened = open_test_set(
        references=references or [],
        input=input_,
        data=data,
        split=split,
        test_set=test_set,
        languages=languages,
        source=source,
        target=target,
        model=next((system for system in systems if system.is_dir()), None),
    )
    result = stage.compare(
        test_set=opened,
        systems=systems,
        test="randomization" if randomization else "bootstrap",
        trials=trials,
        examples=examples,
        lowercase=lowercase,
        tokenize=tokenize,
        html=html,
        device=device,
        warn=warn,
    )
    print(as_json(result) if json_ else _report(result, examples))


def _report(result: "Comparison", examples: int) -> str:
    lines = [f"{result.test_set}: {result.sentences:,} sentences; p against {result.baseline}, by paired {result.test}"]
    width = max(len(score.system) for score in result.scores)
    shown = ""
    for score in result.scores:
        if score.name != shown:
            shown = score.name
            lines += ["", f"{score.name}  {score.signature}"]
        chance = "" if score.p_value is None else f"  p = {score.p_value:.4f}"
        lines.append(f"  {score.system:{width}}  {score.value:6.2f}{chance}")
    for pair in result.pairwise:
        lines += [
            "",
            f"{pair.system} against {result.baseline}: better in {pair.wins:,} sentences, worse in {pair.losses:,}, "
            f"equal in {pair.ties:,}",
        ]
        for example in pair.examples:
            lines.append(f"  line {example.line}: {example.gain:+.1f} chrF++")
            lines += [f"    {name}: {clean_output(text, text)}" for name, text in example.texts.items()]
        lines += _regressions(result.baseline, pair, examples)
    return "\n".join(lines)


def _regressions(baseline: str, pair: "PairwiseComparison", most: int) -> list[str]:
    """What came through with the baseline and does not now, and the lines that lost most; the first few of each."""
    lines = []
    if pair.lost or pair.gained:
        lines.append(
            f"  came through with {baseline} alone: {len(pair.lost):,} items, with this one alone: {len(pair.gained):,}"
        )
    lines += [f"    line {item.line}: {clean_output(item.text, item.text)} ({item.kind})" for item in pair.lost[:most]]
    if pair.worse and most:
        lines.append(f"  worst: {', '.join(f'line {each.line} ({each.gain:+.1f})' for each in pair.worse[:most])}")
    return lines
