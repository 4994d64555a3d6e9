r"""The only reader and writer of text lines: UTF-8, ended by b"\n" and by nothing else.

Carriage returns, form feeds, U+0085, U+2028 and the like are ordinary characters inside a line here. Text-mode `open()`
and `str.splitlines()` would break lines at them and misalign all following pairs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from nmt.errors import DataError
from nmt.io.files import open_bytes, replacing

BYTE_ORDER_MARK = "\ufeff"

_SKIPPED_AT_ONCE = 1 << 16  # bytes of the rest of an over-long line
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_lines(
    stream: BinaryIO,
    name: str,
    *,
    strict: bool = True,
    warn: Callable[[str], None] | None = None,
    max_bytes: int | None = None,
) -> Iterator[str]:
    """Yield each line of a stream, without its line end, as soon as it has been read.

    Bytes that are not UTF-8 and lines longer than max_bytes raise DataError with the line number. If not strict,
    invalid bytes become U+FFFD, a long line is cut at a character boundary, and warn receives a message with the line
    number. N lines always give N lines, and at most max_bytes of a line are held in memory.
    """

    def complain(problem: str, cure: str, remedy: str) -> None:
        if strict:
            raise DataError(f"{name}:{number}: {problem}; {cure}")
        if warn is not None:
            warn(f"{name}:{number}: {problem}; {remedy}")

    number = 0
    while data := stream.readline() if max_bytes is None else stream.readline(max_bytes + 1):
        number += 1
        if data.endswith(b"\n"):
            data = data[:-1]
        elif max_bytes is not None and len(data) > max_bytes:
            _skip_line(stream)
            complain(f"the line has more than {max_bytes} bytes", "split it", "the rest of it is left out")
            data = _cut_at_character(data[:max_bytes])
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            found = f"byte 0x{data[error.start]:02x} at position {error.start + 1} is not UTF-8"
            complain(found, "convert the text with iconv -t UTF-8", "replaced by U+FFFD")
            text = data.decode("utf-8", errors="replace")
        yield text


def read_file(path: Path | str) -> Iterator[str]:
    """Yield the lines of a text file, compressed or not. Raises DataError, with file and line, if something is wrong.

    A byte-order mark at the very start of the file is not part of the first line.
    """
    path = Path(path)
    with open_bytes(path) as stream:
        lines = read_lines(stream, str(path))
        for first in lines:
            yield first.removeprefix(BYTE_ORDER_MARK)
            break
        yield from lines


def read_parallel(source_path: Path | str, target_path: Path | str) -> Iterator[tuple[str, str]]:
    """Yield line i of one file with line i of the other. Raises DataError if they have different numbers of lines."""
    sources, targets = read_file(source_path), read_file(target_path)
    for number, (source, target) in enumerate(zip_longest(sources, targets), start=1):
        if source is None or target is None:
            fewer, more = number - 1, number + sum(1 for _ in (targets if source is None else sources))
            source_lines, target_lines = (fewer, more) if source is None else (more, fewer)
            raise DataError(
                f"{source_path} has {source_lines} lines, but {target_path} has {target_lines}; "
                "line i of one must translate line i of the other: find the missing line"
            )
        yield source, target


def write_file(path: Path | str, lines: Iterable[str]) -> int:
    """Replace a text file as a whole and return the number of lines; on failure the old file stays."""
    written = 0
    with replacing(Path(path)) as [stream]:
        for line in lines:
            write_line(stream, line)
            written += 1
    return written


def write_line(stream: BinaryIO, text: str) -> None:
    """Write one line; the caller flushes. Raises ValueError for a line end in text: it would misalign later lines."""
    if "\n" in text:
        raise ValueError(f"a line end inside a line: {text!r}")
    stream.write(text.encode("utf-8") + b"\n")


def clean_output(text: str, source: str) -> str:
    """Remove from a model's output what could break a line, disturb a terminal, or change the direction of later text.

    Control characters, line and paragraph separators, and bidirectional embeddings, overrides and isolates are dropped
    unless source contains them, or become a space if they separate words; lone surrogates become U+FFFD.
    """

    def safe(match: re.Match[str]) -> str:
        character = match.group()
        if "\ud800" <= character <= "\udfff":
            return "\ufffd"
        if character in source and character != "\n":
            return character
        return " " if character.isspace() else ""

    return _UNSAFE.sub(safe, text)


def _skip_line(stream: BinaryIO) -> None:
    """Read up to the end of the line."""
    while (rest := stream.readline(_SKIPPED_AT_ONCE)) and not rest.endswith(b"\n"):
        pass


def _cut_at_character(data: bytes) -> bytes:
    """Drop the bytes of an incomplete character at the end of data; bytes that are not UTF-8 stay."""
    for start in range(len(data) - 1, max(len(data) - 4, -1), -1):
        if data[start] & 0b1100_0000 != 0b1000_0000:  # the last character starts here
            length = 4 if data[start] >= 0xF0 else 3 if data[start] >= 0xE0 else 2 if data[start] >= 0xC0 else 1
            return data if start + length <= len(data) else data[:start]
    return data
