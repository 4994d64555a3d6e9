"""`nmt translate`: translate lines of text."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from nmt.errors import ConfigError, DataError

from .options import (
    BeamSize,
    Device,
    Engine,
    LengthPenalty,
    OnRay,
    Overrides,
    SourceLanguage,
    TargetLanguage,
    input_or_stream,
    or_stream,
    read_config,
    refuse_text,
)
from .scoring import refuse
from .warning import warn

if TYPE_CHECKING:
    from nmt.stages.document_files import AnyFormat

DocumentFormat = Literal["auto", "text", "html", "markdown", "srt", "vtt", "csv", "tsv", "json", "po", "xliff", "docx"]


def translate(
    context: typer.Context,
    model: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A model folder; several translate together. By default the shipped one."),
    ] = None,
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    input_: Annotated[
        list[Path] | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            callback=input_or_stream,
            help="Read this file, or a folder of files, instead of stdin; repeatable.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            callback=or_stream,
            help="Write this file instead of stdout; for several, a folder.",
        ),
    ] = None,
    format_: Annotated[
        DocumentFormat, typer.Option("--format", help="How to read the input; auto: by the ending of the file.")
    ] = "auto",
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Of csv and tsv translate this column, of json what has this key; repeatable."
        ),
    ] = None,
    beam_size: BeamSize = None,
    beam_threshold: Annotated[
        float | None,
        typer.Option(help="Nats that a hypothesis may be behind the best; 0: any. By default the model's own."),
    ] = None,
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
        list[Path] | None,
        typer.Option(
            metavar="FILE.csv",
            help="Terms and their translations: source,target[,note]; repeatable.",
            show_default=False,
        ),
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
    prefix: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="How each translation begins; its last word may go on, unless a space ends it."
        ),
    ] = "",
    memory: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Lean towards the translations that nmt remember made this of.")
    ] = None,
    lm: Annotated[
        Path | None,
        typer.Option(
            "--lm", metavar="DIR", help="Choose among translations by this language model, of nmt train-lm, as well."
        ),
    ] = None,
    lm_weight: Annotated[
        float | None, typer.Option(help="What it counts beside the translator; 0.5 by default.")
    ] = None,
    shard: Annotated[
        str,
        typer.Option(metavar="I/N", help="Translate the I-th of N parts of the input alone, for jobs side by side."),
    ] = "",
    ray: OnRay = False,
    device: Device = "cpu",
    engine: Engine = "auto",
) -> None:
    """Translate line by line. One line comes out for each that goes in (N with --n-best N and without --json).

    Files of other formats than text are translated block by block, and all that is no text in them is kept.
    """
    from nmt.stages import translate as stage
    from nmt.stages.document_files import is_text, warn_of_document
    from nmt.stages.shard import Shard

    if not explain:
        refuse_text(context)
    if sample and prefix:
        raise ConfigError("--prefix: what is sampled does not begin as asked; leave out one of --prefix and --sample")
    if lm is None and lm_weight is not None:
        raise ConfigError("--lm-weight needs --lm; add it, or leave the weight out")
    if lm is not None and sample:
        raise ConfigError("--lm: what is sampled is not chosen among; leave out one of --lm and --sample")
    if not sample and (seed is not None or temperature is not None):
        raise ConfigError("--seed and --temperature need --sample; add it, or leave them out")
    wanted = {
        "beam_size": beam_size,
        "beam_threshold": beam_threshold,
        "length_penalty": length_penalty,
        "coverage_penalty": coverage_penalty,
        "n_best": n_best,
        "sample": sample or None,
        "temperature": temperature,
        "seed": seed,
    }
    search = {name: value for name, value in wanted.items() if value is not None}
    protector = stage.make_protector(
        read_config("translate", None, set_).protection if set_ else None, protect or [], glossary or []
    )
    common: dict[str, Any] = {
        "model": model or None,
        "output": output,
        "source": source,
        "target": target,
        "search": search,
        "protector": protector,
        "device": device,
        "engine": engine,
        "warn": warn,
    }
    inputs, format = input_ or [], None if format_ == "auto" else format_
    lines: dict[str, Any] = {"prefix": prefix, "memory": memory, "lm": lm, "lm_weight": lm_weight, "as_json": json_}
    if explain:
        from nmt.stages import explain as explaining

        text = " ".join(context.args) if context.args else None
        refuse("--explain", {"--json": json_, "--strict": strict, "--alignments": alignments, "--prefix": prefix})
        refuse("--explain", {"--column": column, "--shard": shard, "--ray": ray, "--memory": memory, "--lm": lm})
        refuse("--explain with a text", {"--input": inputs} if text is not None else {})
        refuse("--explain", {"--input for several files": len(inputs) > 1})
        explaining.explain(text=text, input=inputs[0] if inputs else None, **common)
        return
    if ray:
        from .ray import work_on_ray

        refuse("--ray", {"--shard": shard, "--alignments": alignments, "--column": column})
        if format not in (None, "text"):
            raise ConfigError("--ray is for lines; leave out --format")
        job = stage.TranslationJob(
            **{key: value for key, value in common.items() if key not in ("output", "warn")} | lines
        )
        lost = work_on_ray(job, inputs, output, target)
        if strict and lost:
            raise DataError(stage.STRICT.format(lost))
        return
    if not is_text(inputs, format):
        if json_ or alignments or prefix or memory or lm or shard or (n_best or 1) > 1:
            raise ConfigError(
                "--json, --n-best, --prefix, --memory, --lm, --shard and --alignments are for lines; leave them out, "
                "or add --format text"
            )
        _translate_documents(inputs, format, column or [], strict, common)
        return
    if column:
        raise ConfigError("--column is for csv, tsv and json; leave it out, or choose one of them by --format")
    if inputs and format is None:
        warn_of_document(inputs[0], warn)
    stage.translate(
        input=inputs[0] if inputs else None,
        strict=strict,
        alignments=alignments,
        shard=Shard.of(shard) if shard else None,
        **lines,
        **common,
    )


def _translate_documents(
    inputs: list[Path], format: "AnyFormat | None", columns: list[str], strict: bool, common: dict[str, Any]
) -> None:
    from nmt.stages.translate_documents import translate_documents

    from .live_line import LiveLine

    with LiveLine() as line:
        translate_documents(
            inputs=inputs,
            format=format,
            columns=columns,
            strict=strict,
            report=line.show_document,
            **{**common, "warn": line.warn},
        )
