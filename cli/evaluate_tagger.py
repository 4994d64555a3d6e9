"""`nmt evaluate-tagger`: scores of a tagger or of finished tags against tagged sentences."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.io.files import refuse_overwriting

from .options import AsJson, Device, Engine
from .scoring import Html, refuse
from .tables import as_json
from .tag_table import tag_table


def evaluate_tagger(
    references: Annotated[
        list[str],
        typer.Option(
            "--references",
            "-r",
            metavar="CORPUS",
            help="Tagged sentences, in any form that `nmt train-tagger` reads; repeatable.",
        ),
    ],
    model: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A model folder with a tagger, whose tags to score.")
    ] = None,
    hypotheses: Annotated[
        list[str] | None,
        typer.Option(metavar="CORPUS", help="Finished tags to score, instead of --model; repeatable."),
    ] = None,
    html: Html = None,
    device: Device = "cpu",
    engine: Engine = "auto",
    json_: AsJson = False,
) -> None:
    """Score the names that a tagger finds. Precision, recall and F1 are those of exact spans; mistakes are shown."""
    from nmt.stages import evaluate_tagger as stage
    from nmt.stages.paths import corpus_files, model_files

    if hypotheses:
        refuse("--hypotheses", {"--device": device != "cpu", "--engine": engine != "auto"})
    if html is not None:
        refuse_overwriting(
            [html], [*corpus_files([*references, *(hypotheses or [])]), *(model_files(model) if model else [])]
        )
    result = stage.evaluate_tagger(
        references=references, model=model, hypotheses=hypotheses or [], html=html, device=device, engine=engine
    )
    print(as_json(result) if json_ else tag_table(result))
