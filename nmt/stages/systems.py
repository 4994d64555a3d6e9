"""The systems that `nmt evaluate` and `nmt compare` score on a test set: models, or files of translations."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from nmt.data.bio_tags import TAG
from nmt.data.test_set import TestSet, read_test_set, sacrebleu_test_set
from nmt.decoding.model import EngineName
from nmt.errors import ConfigError, DataError
from nmt.io.lines import read_file
from nmt.io.sentences import read_sentences
from nmt.metrics.plausibility import hypothesis_doubts, reference_doubts
from nmt.stages.models import Models, model_directions, model_paths
from nmt.stages.paths import pair_files
from nmt.stages.translate import translate_lines
from nmt.text.directions import choose_direction
from nmt.text.languages import language_of_script, scripts_of


@dataclass(frozen=True, kw_only=True)
class Output:
    """A system's translations of a test set."""

    system: str
    lines: Sequence[str]
    seconds: float | None = None  # that a model took, without loading it; None for a file


def open_test_set(
    *,
    references: Sequence[Path] = (),
    input: Path | None = None,
    data: Path | None = None,
    split: str = "test",
    source: str = "",
    target: str = "",
    test_set: str = "",
    languages: str = "",
    model: Path | None = None,
) -> TestSet:
    """Read a test set: files, a split of a prepared folder, or one of sacrebleu's.

    For a prepared folder, languages that are not given are those of model.
    """
    if [bool(references), data is not None, bool(test_set)].count(True) != 1:
        raise ConfigError("name one test set: --references FILE, or --data DIR, or -t NAME -l PAIR")
    if input is not None and not references:
        raise ConfigError("--input goes with --references; leave it out")
    if test_set:
        found = sacrebleu_test_set(test_set, languages)
        first, _, second = languages.partition("-")
        return replace(found, languages=(source or first, target or second))
    if data is None:
        for path in filter(_is_tagged, references):
            raise ConfigError(
                f"{path}: has a tag on each line, and this compares translations; score taggers one by one: "
                f"nmt evaluate-tagger --references {path} --model DIR"
            )
        return replace(read_test_set(references, input), languages=(source, target))
    if model is not None:
        source, target = choose_direction(model_directions(model), source, target)
    if not (source and target):
        raise ConfigError("the languages of --data are not given; name them with --source and --target")
    source_file, target_file = pair_files(data, split, source, target)
    found = read_test_set([target_file], source_file)
    return replace(found, languages=(source, target))


def _is_tagged(path: Path) -> bool:
    """Whether a text begins like a corpus of names: columns, with a tag in the last."""
    lines = [line.split() for line in islice(read_file(path), 20) if line.strip() and not line.startswith("#")]
    return bool(lines) and all(len(fields) > 1 and (fields[-1] == "O" or TAG.fullmatch(fields[-1])) for fields in lines)


def read_output(path: Path, test_set: TestSet) -> Output:
    """Read a file of translations. Raises DataError unless it has as many lines as the test set."""
    output = Output(system=str(path), lines=list(read_sentences(path)))
    check_lengths(output, test_set)
    return output


def translate_test_set(
    models: Models,
    test_set: TestSet,
    *,
    search: Mapping[str, Any] | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
) -> Output:
    """Translate a test set with a model or an ensemble, and measure the seconds that this takes."""
    system = " + ".join(map(str, model_paths(models)))
    if test_set.sources is None:
        raise ConfigError(f"{system}: a model needs the source text to translate; name it with --input")
    source, target = test_set.languages
    translations = translate_lines(
        models, test_set.sources, source=source, target=target, search=search, device=device, engine=engine
    )
    started = time.perf_counter()  # the model is loaded by now
    lines = list(translations)
    return Output(system=system, lines=lines, seconds=time.perf_counter() - started)


def line_texts(test_set: TestSet, outputs: Sequence[Output], row: int) -> dict[str, str]:
    """A line of a test set, its references and what systems made of it, by name."""
    texts = {} if test_set.sources is None else {"source": test_set.sources[row]}
    texts |= {f"reference {number}": lines[row] for number, lines in enumerate(test_set.references, start=1)}
    return texts | {output.system: output.lines[row] for output in outputs}


def target_language(test_set: TestSet, models: Sequence[Path]) -> str:
    """The language of the translations, from the test set or the first model; "" if neither tells."""
    if test_set.languages[1] or not models:
        return test_set.languages[1]
    return choose_direction(model_directions(models[0]), *test_set.languages)[1]


def scoring_language(language: str, test_set: TestSet) -> str:
    """The language by whose rules to score: the one that is given, or if it is not known, what the script tells."""
    return language if scripts_of(language) else language_of_script(chain.from_iterable(test_set.references))


def tell_doubts(
    outputs: Sequence[Output],
    bleu: Mapping[str, float],
    test_set: TestSet,
    *,
    tokenised: bool,
    warn: Callable[[str], None],
) -> None:
    """Hand warn a line for each reason to doubt the scores of systems, whose BLEU is given by their names."""
    for doubt in reference_doubts(test_set.references, tokenised=tokenised):
        warn(f"{test_set.name}: {doubt}")
    for output in outputs:
        for doubt in hypothesis_doubts(
            output.lines, test_set.references, test_set.sources, bleu=bleu[output.system], tokenised=tokenised
        ):
            warn(f"{output.system}: {doubt}")


def check_lengths(output: Output, test_set: TestSet) -> None:
    """Raise DataError unless there are as many lines as in the test set."""
    lines = len(test_set.references[0])
    if len(output.lines) != lines:
        raise DataError(
            f"{output.system} has {len(output.lines)} lines, but {test_set.name} has {lines}; "
            "line i of one must translate line i of the other: find the missing line"
        )
