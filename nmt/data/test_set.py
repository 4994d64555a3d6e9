"""Test sets: reference translations, and the source text if a model is to translate it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.errors import ConfigError, DataError
from nmt.io.sentences import read_sentences


@dataclass(frozen=True, kw_only=True)
class TestSet:
    """A test set of N sentences."""

    name: str
    sources: Sequence[str] | None  # N lines
    references: Sequence[Sequence[str]]  # one sequence of N lines for each reference translation
    languages: tuple[str, str] = ("", "")  # source and target; "" if not given


def read_test_set(references: Sequence[Path], input: Path | None = None) -> TestSet:
    """Read a test set from files. Raises DataError unless input and references have the same number of lines."""
    texts = {path: list(read_sentences(path)) for path in ([input] if input else []) + list(references)}
    first, *others = texts
    for path in others:
        if len(texts[path]) != len(texts[first]):
            raise DataError(
                f"{path} has {len(texts[path])} lines, but {first} has {len(texts[first])}; "
                "line i of one must belong to line i of the other: find the missing line"
            )
    return TestSet(
        name=", ".join(map(str, references)),
        sources=texts[input] if input else None,
        references=[texts[path] for path in references],
    )


def sacrebleu_test_set(name: str, languages: str) -> TestSet:
    """Open one of sacrebleu's test sets ("wmt14", "de-en"), fetched at first use. Raises DataError if that fails."""
    from sacrebleu.dataset import DATASETS

    if name not in DATASETS:
        near = [known for known in DATASETS if known.split("/")[0] == name.split("/")[0] or known[:3] == name[:3]]
        raise ConfigError(f"sacrebleu has no test set {name!r}; choose one of {', '.join(near or DATASETS)}")
    dataset: Any = DATASETS[name]
    if not languages:
        raise ConfigError(f"-t {name} needs -l; choose one of {', '.join(dataset.langpairs)}")
    if languages not in dataset.langpairs:
        raise ConfigError(f"test set {name} has no {languages!r}; choose one of {', '.join(dataset.langpairs)}")
    try:
        source = Path(dataset.get_source_file(languages))
        references = [Path(path) for path in dataset.get_reference_files(languages)]
    except (Exception, SystemExit) as error:  # anything that can go wrong in downloading and unpacking
        raise DataError(
            f"test set {name} {languages} is not on this disk and could not be fetched ({error}); "
            "connect to the network, or give your own files with --references and --input"
        ) from error
    found = read_test_set(references, source)
    return TestSet(name=f"{name} {languages}", sources=found.sources, references=found.references)
