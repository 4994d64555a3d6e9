"""`nmt distill`: a training set whose targets are written by models."""

from pathlib import Path
from typing import Annotated

import typer

from .options import BeamSize, Device, LengthPenalty, OnRay, Replace, SourceLanguage, TargetLanguage
from .prepare import print_counts
from .progress import TrainingDisplay
from .ray import ray_runner


def distill(
    model: Annotated[
        list[Path], typer.Option(metavar="DIR", help="A model folder; several translate together.", show_default=False)
    ],
    data: Annotated[Path, typer.Option(help="A folder that `nmt prepare` made.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The folder for the new train, valid and test files.")],
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    keep_original: Annotated[
        bool,
        typer.Option(
            "--keep-original/--translations-only", help="Whether the new training set keeps the original pairs."
        ),
    ] = True,
    replace: Replace = False,
    beam_size: BeamSize = None,
    length_penalty: LengthPenalty = None,
    ray: OnRay = False,
    device: Device = "cpu",
) -> None:
    """Translate a training source to train a student on. A prepared folder becomes a new one, with the translations.

    The same command resumes where a stopped one ended.
    """
    from nmt.stages import distill as stage

    wanted = {"beam_size": beam_size, "length_penalty": length_penalty}
    with TrainingDisplay() as display:
        found = stage.distill(
            model=model,
            data=data,
            out=out,
            source=source,
            target=target,
            keep_original=keep_original,
            replace_corpus=replace,
            search={name: value for name, value in wanted.items() if value is not None},
            device=device,
            run=ray_runner() if ray else None,
            report=display.show_distillation,
            stop=display.stop_requested,
        )
        code = display.close_with_advice(
            f"train a student on it: nmt train --data {out} --tokenizer FILE --out DIR", done=found is not None
        )
    if found is not None:
        print_counts(found)
    raise typer.Exit(code)
