"""`nmt translate`: translate lines of text."""

from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import ConfigError

from .options import (
    BeamSize,
    Device,
    Engine,
    LengthPenalty,
    Overrides,
    SourceLanguage,
    TargetLanguage,
    read_config,
    refuse_text,
)
from .scoring import refuse
from .warning import warn


def translate(
    context: typer.Context,
    model: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A model folder; several translate together. By default the shipped one."),
    ] = None,
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    input_: Annotated[Path | None, typer.Option("--input", "-i", help="Read this file instead of stdin.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write this file instead of stdout.")] = None,
    beam_size: BeamSize = None,
    length_penalty: LengthPenalty = None,
    coverage_penalty: Annotated[
        float | None, typer.Option(help="Values above 0 favour translating every word. By default the model's own.")
    ] = None,
    n_best: Annotated[
        int | None,
        typer.Option(
            help="Translations per line, at most --beam-size: together with --json, else one below the other."
        ),
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Draw translations at random instead of searching.")] = False,
    temperature: Annotated[
        float | None, typer.Option(help="Values below 1 keep samples close to the most probable.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The random seed of --sample.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Write JSON Lines with scores and all translations.")] = False,
    protect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REGEX", help="What matches comes through letter by letter; repeatable.", show_default=False
        ),
    ] = None,
    glossary: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Terms and their translations: source,target[,note].")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 2 if a name, number or mark is lost in translation.")
    ] = False,
    alignments: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write here which words belong together, as 0-0 1-2; also with --json."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", help="Show subwords, placeholders, attention and alternatives, of text given here or piped."
        ),
    ] = False,
    set_: Overrides = None,
    device: Device = "cpu",
    engine: Engine = "auto",
) -> None:
    """Translate line by line: one line out for each line in (N lines with --n-best N and without --json)."""
    from nmt.stages import translate as stage

    if not explain:
        refuse_text(context)
    if not sample and (seed is not None or temperature is not None):
        raise ConfigError("--seed and --temperature need --sample; add it, or leave them out")
    wanted = {
        "beam_size": beam_size,
        "length_penalty": length_penalty,
        "coverage_penalty": coverage_penalty,
        "n_best": n_best,
        "sample": sample or None,
        "temperature": temperature,
        "seed": seed,
    }
    search = {name: value for name, value in wanted.items() if value is not None}
    protector = stage.make_protector(
        read_config("translate", None, set_).protection if set_ else None, protect or [], glossary
    )
    if explain:
        from nmt.stages import explain as explaining

        text = " ".join(context.args) if context.args else None
        refuse("--explain", {"--json": json_, "--strict": strict, "--alignments": alignments})
        refuse("--explain with a text", {"--input": input_} if text is not None else {})
        explaining.explain(
            model=model or None,
            text=text,
            input=input_,
            output=output,
            source=source,
            target=target,
            search=search,
            protector=protector,
            device=device,
            engine=engine,
            warn=warn,
        )
        return
    stage.translate(
        model=model or None,
        input=input_,
        output=output,
        source=source,
        target=target,
        search=search,
        protector=protector,
        strict=strict,
        alignments=alignments,
        as_json=json_,
        device=device,
        engine=engine,
        warn=warn,
    )
