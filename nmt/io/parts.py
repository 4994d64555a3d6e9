"""Parts of a file's lines, so that many processes share the work on one file."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nmt.io.files import open_bytes

_READ_AT_ONCE = 1 << 20  # bytes


@dataclass(frozen=True, kw_only=True)
class Part:
    """Consecutive lines of a file."""

    first: int  # the number of its first line, from 0
    start: int  # where that begins, in bytes of the decompressed file
    lines: int


def cut(path: Path, lines: int) -> tuple[list[Part], str]:
    """The parts of a file of so many lines each, the last one of fewer, and the sha256 of its decompressed content."""
    digest = hashlib.sha256()
    starts, total, position, data = [0], 0, 0, b""
    with open_bytes(path) as stream:
        while block := stream.read(_READ_AT_ONCE):
            data = block
            digest.update(data)
            for end in _line_ends(data):
                total += 1
                if total % lines == 0:
                    starts.append(position + end)
            position += len(data)
    total += not data.endswith(b"\n") and bool(data)
    places = range(0, total, lines)
    del starts[len(places) :]  # nothing begins where the last line ends
    parts = [
        Part(first=place, start=start, lines=min(lines, total - place))
        for place, start in zip(places, starts, strict=True)
    ]
    return parts, digest.hexdigest()


def count_lines(path: Path) -> int:
    """How many lines a file has; what follows the last line end is one, unless it is nothing."""
    total, data = 0, b""
    with open_bytes(path) as stream:
        while block := stream.read(_READ_AT_ONCE):
            data = block
            total += data.count(b"\n")
    return total + (bool(data) and not data.endswith(b"\n"))


def start_of_line(path: Path, number: int) -> int:
    """Where the line of a number, from 0, begins, in bytes of the decompressed file, which has that many lines."""
    position = 0
    with open_bytes(path) as stream:
        while number and (data := stream.read(_READ_AT_ONCE)):
            for end in _line_ends(data):
                number -= 1
                if not number:
                    return position + end
            position += len(data)
    return position


def _line_ends(data: bytes) -> Iterator[int]:
    """Where the lines end in data, their line end included."""
    end = 0
    while end := data.find(b"\n", end) + 1:
        yield end
