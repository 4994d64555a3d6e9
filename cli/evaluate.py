"""`nmt evaluate`: a model or ready hypotheses against references, translations or tags."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nmt.errors import ConfigError

from .options import AsJson, BeamSize, Device, Engine, SourceLanguage, TargetLanguage
from .scoring import Data, Languages, Lowercase, References, SourceFile, Split, TestSet, Tokenize
from .tag_table import tag_table

if TYPE_CHECKING:
    from nmt.evaluation import Evaluation


class Task(StrEnum):
    """What is to be scored."""

    TRANSLATE = "translate"
    TAG = "tag"


def evaluate(
    task: Annotated[
        Task, typer.Option(help="translate: BLEU, chrF++, TER. tag: precision, recall and F1 of names (-r, --model).")
    ] = Task.TRANSLATE,
    model: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A model folder; it translates or tags first. Several translate together."),
    ] = None,
    hypotheses: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ready translations or tags to score, instead of --model.")
    ] = None,
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
    bootstrap: Annotated[int, typer.Option(min=0, help="Resamples for 95% confidence intervals; 0 for none.")] = 1000,
    paper: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Score as papers do too, against these lowercased, tokenised references."),
    ] = None,
    beam_size: BeamSize = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the model's translations to this file, too.")
    ] = None,
    device: Device = "cpu",
    engine: Engine = "auto",
    json_: AsJson = False,
    latex: Annotated[bool, typer.Option("--latex", help="Write a LaTeX table.")] = False,
) -> None:
    """Score translations by BLEU, chrF++ and TER, each with its sacrebleu signature, or a tagger's names by F1."""
    from nmt import pipeline

    if json_ and latex:
        raise ConfigError("--json and --latex: choose one")
    if bootstrap == 1:
        raise ConfigError("--bootstrap 1: one resample makes no interval; give 1000, or 0 for none")
    search_options = {"--beam-size": beam_size is not None, "--output": output}
    if hypotheses is not None:
        _refuse("--hypotheses", search_options | {"--device": device != "cpu", "--engine": engine != "auto"})
    if task is Task.TAG:
        if not references or data or test_set or source_file or latex:
            raise ConfigError("--task tag: give the tagged sentences by -r FILE, and --model DIR or --hypotheses FILE")
        scoring = {"--lowercase": lowercase, "--tokenize": tokenize, "--paper": paper, "--bootstrap": bootstrap != 1000}
        _refuse("--task tag", search_options | scoring | {"--source": source, "--target": target, "-l": languages})
        if model and len(model) > 1:
            raise ConfigError("--task tag: name one --model")
        tags = pipeline.evaluate_tags(
            references=[str(path) for path in references],
            model=model[0] if model else None,
            hypotheses=[] if hypotheses is None else [str(hypotheses)],
            device=device,
            engine=engine,
        )
        print(json.dumps(asdict(tags), ensure_ascii=False, indent=2) if json_ else tag_table(tags))
        return
    benchmark = pipeline.open_benchmark(
        references=references or [],
        source_file=source_file,
        data=data,
        split=split,
        test_set=test_set,
        languages=languages,
        source=source,
        target=target,
        model=model[0] if model else None,
    )
    result = pipeline.evaluate(
        benchmark=benchmark,
        model=model or None,
        hypotheses=hypotheses,
        lowercase=lowercase,
        tokenize=tokenize,
        bootstrap=bootstrap,
        paper=paper,
        search={} if beam_size is None else {"beam_size": beam_size},
        out=output,
        device=device,
        engine=engine,
    )
    print(_json(result) if json_ else _latex(result) if latex else _table(result))


def _refuse(for_: str, given: Mapping[str, object]) -> None:
    """Raise ConfigError if options are given that have no effect."""
    if named := [name for name, value in given.items() if value]:
        raise ConfigError(f"{for_}: leave out {', '.join(named)}")


def _json(result: "Evaluation") -> str:
    return json.dumps(asdict(result), ensure_ascii=False, indent=2)


def _table(result: "Evaluation") -> str:
    speed = f", {result.sentences / result.seconds:,.0f} sentences/s" if result.seconds else ""
    lines = [f"{result.system} on {result.benchmark}: {result.sentences:,} sentences{speed}"]
    width = max(len(score.name) for score in result.scores)
    for score in result.scores:
        interval = "" if score.low is None else f"  [{score.low:6.2f}, {score.high:6.2f}]"
        lines.append(f"{score.name:{width}}  {score.value:6.2f}{interval}  {score.signature}")
    if result.survival and result.survival.literals:
        lines.append(f"{result.survival.kept:,} of {result.survival.literals:,} numbers and addresses came through")
    return "\n".join(lines)


def _latex(result: "Evaluation") -> str:
    r"""A table for \usepackage{booktabs}; the signatures are comments above it."""
    names, values = ["System"], [_escape(result.system)]
    for score in result.scores:
        better = r"\downarrow" if score.name == "TER" else r"\uparrow"
        names.append(f"{_escape(score.name)} ${better}$")
        margin = "" if score.low is None or score.high is None else rf" $\pm$ {(score.high - score.low) / 2:.1f}"
        values.append(f"{score.value:.1f}{margin}")
    return "\n".join(
        [
            *(f"% {score.name}: {score.signature}" for score in result.scores),
            rf"\begin{{tabular}}{{l{'r' * len(result.scores)}}}",
            r"\toprule",
            " & ".join(names) + r" \\",
            r"\midrule",
            " & ".join(values) + r" \\",
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _escape(text: str) -> str:
    """Write text so that LaTeX prints it."""
    named = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^#$%&_{}]", lambda match: named.get(match[0], "\\" + match[0]), text)
