"""Which files `nmt translate` reads as documents, in which formats, and where their translations go."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nmt.documents.formats import Format, format_of, mismatch
from nmt.errors import ConfigError, DataError
from nmt.stages.streams import read_some

AnyFormat = Format | Literal["text"]
TEXT_ENDING = ".txt"  # in folders; a file that is named may end in anything


@dataclass(frozen=True, kw_only=True)
class DocumentFile:
    """A document to translate; None stands for stdin and stdout."""

    input: Path | None
    output: Path | None
    format: AnyFormat

    @property
    def name(self) -> str:
        """For messages."""
        return "stdin" if self.input is None else str(self.input)


def is_text(inputs: Sequence[Path], format: AnyFormat | None) -> bool:
    """Whether there is one input, which is to be translated line by line."""
    if len(inputs) > 1 or (inputs and inputs[0].is_dir()):
        return False
    return (format or (format_of(inputs[0]) if inputs else None) or "text") == "text"


def warn_of_document(path: Path, warn: Callable[[str], None]) -> None:
    """Say so if a file that is to be translated line by line, because of its ending, begins as a document."""
    if path.is_file() and (kind := mismatch(read_some(path, 1024), "text")):
        warn(f"{path}: begins as {kind} and is translated line by line; choose its format by --format")


def document_files(
    inputs: Sequence[Path], output: Path | None, format: AnyFormat | None, warn: Callable[[str], None]
) -> list[DocumentFile]:
    """The files to translate; of folders all that end as documents of this format do, or of any if it is None.

    If there is more than one input, or one is a folder, output is a folder, in which files get their names and places
    in their folders. Raises ConfigError if that cannot be, DataError if there is nothing to translate.
    """
    if len(inputs) <= 1 and not any(path.is_dir() for path in inputs):
        path = next(iter(inputs), None)
        return [DocumentFile(input=path, output=output, format=format or (path and format_of(path)) or "text")]
    if output is None:
        raise ConfigError("several files are translated into a folder; name it by -o")
    return files_into_folder(inputs, output, format, warn)


def files_into_folder(
    inputs: Sequence[Path], output: Path, format: AnyFormat | None, warn: Callable[[str], None]
) -> list[DocumentFile]:
    """The files to work on, with their places in a folder; raises as document_files does."""
    if output.exists() and not output.is_dir():
        raise ConfigError(f"{output}: is no folder, into which files are to be written; name another one")
    made: dict[Path, Path] = {}
    found = []
    for path in inputs:
        for file, name in _files(path, output, format, warn):
            goal = output / name.with_name(name.name.removesuffix(".gz"))
            if goal in made:
                raise ConfigError(f"{goal}: both {made[goal]} and {file} would go there; translate them one by one")
            made[goal] = file
            found.append(DocumentFile(input=file, output=goal, format=format or format_of(file) or "text"))
    if not found:
        raise DataError(f"{', '.join(map(str, inputs))}: no file of a known format; name the files, or see --format")
    return found


def _files(
    path: Path, output: Path, format: AnyFormat | None, warn: Callable[[str], None]
) -> Iterator[tuple[Path, Path]]:
    """The files that an input stands for, each with its name in the output."""
    if not path.is_dir():
        yield path, Path(path.name)
        return
    if output.resolve().is_relative_to(path.resolve()):
        raise ConfigError(f"{output}: lies in {path}, of which all is read; choose a folder elsewhere")
    others = 0
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            own = format_of(file) or ("text" if name.removesuffix(".gz").endswith(TEXT_ENDING) else None)
            if own is not None and format in (None, own) and file.is_file():
                yield file, file.relative_to(path)
            else:
                others += 1
    if others:
        warn(f"{path}: {others} files are left out, by their endings")
