"""`nmt evaluate`: scores of a model or of finished translations against references."""

import sys
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

import typer

from nmt.errors import ConfigError
from nmt.io.files import refuse_overwriting

from .evaluate_tagger import evaluate_tagger
from .options import AsJson, BeamSize, Device, Engine, SourceLanguage, TargetLanguage
from .scoring import Data, Html, InputFile, Languages, Lowercase, References, Split, TestSet, Tokenize, refuse
from .tables import as_json, latex_table, score_table
from .warning import warn


def evaluate(
    task: Annotated[Literal["translate", "tag"], typer.Option(hidden=True)] = "translate",
    model: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A model folder, whose translations to score; several translate together."),
    ] = None,
    hypotheses: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Finished translations to score, instead of --model.")
    ] = None,
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
    bootstrap: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Resamples for 95% confidence intervals; 0 for none.")
    ] = 1000,
    paper: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also score as papers do, against these lowercased, tokenised references."),
    ] = None,
    beam_size: BeamSize = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write the model's translations to this file.")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="Also show this many of the worst sentences (chrF++).")] = 0,
    html: Html = None,
    device: Device = "cpu",
    engine: Engine = "auto",
    json_: AsJson = False,
    latex: Annotated[bool, typer.Option("--latex", help="Write a LaTeX table.")] = False,
) -> None:
    """Score translations with BLEU, chrF++ and TER. Each comes with its sacrebleu signature."""
    from nmt.stages import evaluate as stage
    from nmt.stages.paths import model_files, prepared_files
    from nmt.stages.systems import open_test_set

    if json_ and latex:
        raise ConfigError("--json and --latex: choose one")
    if bootstrap == 1:
        raise ConfigError("--bootstrap 1: one resample gives no interval; use 1000, or 0 for none")
    search_options = {"--beam-size": beam_size is not None, "--output": output}
    if hypotheses is not None:
        refuse("--hypotheses", search_options | {"--device": device != "cpu", "--engine": engine != "auto"})
    if task == "tag":
        if not references or data or test_set or input_ or latex:
            raise ConfigError(
                "--task tag: name the tagged sentences with -r FILE, and --model DIR or --hypotheses FILE"
            )
        scoring = {
            "--worst": worst,
            "--html": html,
            "--lowercase": lowercase,
            "--tokenize": tokenize,
            "--paper": paper,
            "--bootstrap": bootstrap != 1000,
        }
        refuse("--task tag", search_options | scoring | {"--source": source, "--target": target, "-l": languages})
        if model and len(model) > 1:
            raise ConfigError("--task tag: name one --model")
        evaluate_tagger(
            references=list(map(str, references)),
            model=model[0] if model else None,
            hypotheses=None if hypotheses is None else [str(hypotheses)],
            device=device,
            json_=json_,
            engine=engine,
        )
        print("nmt: evaluate --task tag is the old spelling of nmt evaluate-tagger", file=sys.stderr)
        return
    if output is not None or html is not None:
        read = [*(references or []), *filter(None, (input_, paper)), *(prepared_files(data) if data else [])]
        read += [*chain.from_iterable(map(model_files, model or [])), *filter(None, [hypotheses])]
        refuse_overwriting(filter(None, (output, html)), read)
    opened = open_test_set(
        references=references or [],
        input=input_,
        data=data,
        split=split,
        test_set=test_set,
        languages=languages,
        source=source,
        target=target,
        model=model[0] if model else None,
    )
    result = stage.evaluate(
        test_set=opened,
        model=model or None,
        hypotheses=hypotheses,
        lowercase=lowercase,
        tokenize=tokenize,
        bootstrap=bootstrap,
        paper=paper,
        search={} if beam_size is None else {"beam_size": beam_size},
        output=output,
        worst=worst,
        html=html,
        device=device,
        engine=engine,
        warn=warn,
    )
    print(as_json(result) if json_ else latex_table(result) if latex else score_table(result))
