"""Streams of lines or bytes: from a file or stdin, to a file or stdout."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from nmt.io.files import open_bytes, replacing, standard_input
from nmt.io.lines import read_lines
from nmt.io.parts import Part

LONGEST_LINE = 1 << 24  # bytes; the rest of a longer line is left out, with a warning


@contextmanager
def line_streams(
    input: Path | None, output: Path | None, warn: Callable[[str], None], part: Part | None = None
) -> Iterator[tuple[Iterator[str], BinaryIO]]:
    """The lines of a file or stdin, and a file or stdout to write to; a file is there once all of it is.

    The carriage return with which Windows ends lines is none of theirs. A part is that of the file to read.
    """
    first, start, count = (part.first, part.start, part.lines) if part else (0, 0, None)
    with ExitStack() as stack:
        stream = standard_input() if input is None else stack.enter_context(open_bytes(input, start))
        out = sys.stdout.buffer if output is None else stack.enter_context(replacing(output))[0]
        name = "stdin" if input is None else str(input)
        lines = read_lines(stream, name, strict=False, warn=warn, max_bytes=LONGEST_LINE, first=first)
        yield (line.removesuffix("\r") for line in islice(lines, count)), out


def read_some(input: Path | None, most: int) -> bytes:
    """The first bytes of a file or stdin, decompressed; all of them if there are no more."""
    if input is None:
        return standard_input().read(most)
    with open_bytes(input) as stream:
        return stream.read(most)
