"""`nmt report`: a page to look at, on models and translations."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import ConfigError
from nmt.io.files import refuse_overwriting

from .options import Device, Engine, SourceLanguage, TargetLanguage
from .scoring import Data, InputFile, Languages, Lowercase, References, Split, TestSet, Tokenize, refuse
from .warning import warn


def report(
    systems: Annotated[
        list[Path],
        typer.Argument(
            metavar="SYSTEM",
            help="A model or run folder, or a file of translations; several are compared with the first.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.html", help="The page to write.")],
    references: References = None,
    input_: InputFile = None,
    data: Data = None,
    split: Split = "test",
    test_set: TestSet = "",
    languages: Languages = "",
    source: SourceLanguage = "",
    target: TargetLanguage = "",
    names: Annotated[
        list[str] | None,
        typer.Option(metavar="CORPUS", help="Tagged sentences, to report on the taggers of models; repeatable."),
    ] = None,
    lowercase: Lowercase = False,
    tokenize: Tokenize = None,
    device: Device = "cpu",
    engine: Engine = "auto",
) -> None:
    """Show a training and its scores on one HTML page. It has what came through, attention and names as well."""
    from nmt.stages import report as stage
    from nmt.stages.paths import corpus_files, model_files, prepared_files
    from nmt.stages.systems import open_test_set

    scored = bool(references or data or test_set)
    if not scored:
        refuse("without a test set (-r, --data or -t)", {"--input": input_, "-l": languages, "-lc": lowercase})
    read = [*(references or []), *filter(None, [input_]), *(prepared_files(data) if data else [])]
    read += chain(corpus_files(names or []), *map(model_files, systems), filter(Path.is_file, systems))
    refuse_overwriting([output], read)
    for system in systems:
        if not system.exists():
            raise ConfigError(f"{system}: no such file or folder; name a model folder or a file of translations")
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
    ) if scored else None  # fmt: skip
    stage.report(
        systems=systems,
        output=output,
        test_set=opened,
        names=names or [],
        lowercase=lowercase,
        tokenize=tokenize,
        device=device,
        engine=engine,
        warn=warn,
    )
