"""`nmt compare`: several systems on one test set, and whether their differences are significant."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nmt.io.lines import clean_output

from .options import AsJson, Device, SourceLanguage, TargetLanguage
from .scoring import Data, InputFile, Languages, Lowercase, References, Split, TestSet, Tokenize
from .tables import as_json
from .warning import warn

if TYPE_CHECKING:
    from nmt.stages.compare import Comparison


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
        int, typer.Option(min=0, help="Trials of the test; 0 means 1,000 (bootstrap) or 10,000 (randomization).")
    ] = 0,
    examples: Annotated[int, typer.Option(min=0, help="Number of sentences to show, those that differ most.")] = 5,
    device: Device = "cpu",
    json_: AsJson = False,
) -> None:
    """Compare systems with the first one: paired significance tests, and wins and losses by sentence (chrF++)."""
    from nmt.stages import compare as stage
    from nmt.stages.systems import open_test_set

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
        device=device,
        warn=warn,
    )
    print(as_json(result) if json_ else _report(result))


def _report(result: "Comparison") -> str:
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
    return "\n".join(lines)
