"""What commands read and write, as files: for refuse_overwriting, before anything is read or a library loaded."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nmt.errors import ConfigError, DataError
from nmt.io.records import HUB, json_records
from nmt.model_folder.manifest import MANIFEST, PART_FILE
from nmt.training.log import LOG

REPORT = "report.json"
SPLITS = ("train", "valid", "test")

# A language's code is short; what else is short is the ending of a corpus that nobody prepared yet.
_PREPARED = re.compile(rf"({'|'.join(SPLITS)})\.(?!(tsv|csv|txt|gz)$)[a-z]{{2,3}}(-[A-Za-z0-9]+)*|{re.escape(REPORT)}")


def model_files(model: Path) -> Iterator[Path]:
    """The files of a model folder, of the checkpoints in it, and its logs, as far as they are there."""
    for path in (*model.glob("*"), *model.glob("*checkpoint/*")):
        own = path.name == MANIFEST or PART_FILE.fullmatch(path.name) or path.name.endswith(LOG)
        if own and path.is_file():
            yield path


def prepared_files(data: Path) -> list[Path]:
    """The files of a prepared folder, in whatever languages, as far as they are there."""
    return sorted(path for path in data.glob("*") if _PREPARED.fullmatch(path.name) and path.is_file())


def corpus_files(names: Sequence[str]) -> Iterator[Path]:
    """The files of corpora, which may be folders or lie on the hub, as far as they are there."""
    for path in (Path(name) for name in names if not name.startswith(HUB)):
        yield from filter(Path.is_file, sorted(path.rglob("*")) if path.is_dir() else [path])


def can_be_read_again(names: Iterable[str | Path]) -> bool:
    """Whether corpora have the same content whenever they are read: no pipes, and nothing from the hub."""
    return all(not str(name).startswith(HUB) and (Path(name).is_file() or Path(name).is_dir()) for name in names)


def obsolete_files(out: Path, inputs: Mapping[str, Any], replace_corpus: bool) -> list[Path]:
    """What becomes out of date in a prepared folder out when inputs are prepared in it: files in other languages.

    Raises ConfigError if out holds a corpus that was not made of these inputs, unless it is to be replaced.
    """
    before: Any = None
    with suppress(DataError):
        for _, report in json_records(out / REPORT):
            before = report.get("inputs")
    held = prepared_files(out)
    if held and not replace_corpus and before != inputs:
        raise ConfigError(
            f"{out}: holds {held[0].name}, of another corpus or of your own; choose another folder, "
            "or add --replace if it is not needed any more"
        )
    made = before.get("languages") if isinstance(before, Mapping) else None
    made = made if isinstance(made, list) else []
    return [file for file in held if file.suffix[1:] in made and file.suffix[1:] not in inputs["languages"]]


def pair_files(data: Path, split: str, source: str, target: str) -> tuple[Path, Path]:
    """Both files of a split, as split_file has one."""
    return split_file(data, split, source), split_file(data, split, target)


def split_file(data: Path, split: str, language: str) -> Path:
    """The file of a split of a prepared folder in a language; DataError, which says what there is, if it has none."""
    file = data / f"{split}.{language}"
    if file.exists():
        return file
    held = [path.suffix[1:] for path in prepared_files(data) if path.stem == split]
    if not held:
        raise DataError(f"{file}: no such file; name a folder that nmt prepare made, and one of its splits")
    raise DataError(
        f"{data}: holds {' and '.join(held)}, not {language}; name its languages by --source and --target, "
        "or another folder"
    )
