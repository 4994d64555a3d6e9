"""Work on lines, each by itself: what translating and tagging have in common, in one process and in many."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from nmt.decoding.by_language import FOREIGN
from nmt.decoding.chunks import chunks
from nmt.io.files import replacing
from nmt.io.lines import write_line
from nmt.io.parts import Part
from nmt.stages.streams import line_streams

_SHOWN = 5  # numbers of lines in a message


@dataclass(frozen=True, kw_only=True)
class DoneLine:
    """What became of a line."""

    written: Sequence[str]  # the lines of output
    warnings: Sequence[str] = ()
    lost: int = 0  # names, numbers and marks
    taken_for: str | None = None  # the language, if it is not what lines are usually in
    alignment: Sequence[tuple[int, int]] = ()


Work = Callable[[Iterable[Sequence[str]]], Iterator[DoneLine]]  # of chunks of lines: one result for each line


class LineJob(Protocol):
    """What is to be done with lines; it can be sent to another process, and what it needs is loaded there."""

    def load(self) -> Work:
        """Load what it needs. Raises NMTError if that is not to be had."""

    def files(self) -> Iterator[Path]:
        """The files that it reads."""

    def description(self) -> Mapping[str, Any]:
        """What its results depend on, as JSON has it: equal for two jobs that give the same bytes."""


@dataclass(kw_only=True)
class Notes:
    """What is to be said of the lines of a file when all are done."""

    lost: int = 0
    taken_for: dict[str, list[int]] = field(default_factory=dict)  # how many lines, and the numbers of the first

    def add(self, number: int, done: DoneLine) -> None:
        """Take note of the line of this number, from 1."""
        self.lost += done.lost
        if done.taken_for is not None:
            self._add(done.taken_for, [1, number])

    def join(self, other: "Notes") -> None:
        """Take over the notes of lines that come after these."""
        self.lost += other.lost
        for language, found in other.taken_for.items():
            self._add(language, found)

    def _add(self, language: str, found: Sequence[int]) -> None:
        count, *numbers = self.taken_for.get(language, [0])
        self.taken_for[language] = [count + found[0], *[*numbers, *found[1:]][:_SHOWN]]

    def messages(self, target: str) -> Iterator[str]:
        """What is to be said of languages, where this target was named."""
        for language, (count, *numbers) in self.taken_for.items():
            shown = ", ".join(map(str, numbers)) + ", …" * (count > len(numbers))
            lines = f"line {shown} is" if count == 1 else f"{count:,} lines ({shown}) are"
            became = f"taken for {language}"
            if language in (FOREIGN, target):
                became = f"in {language or 'another language'} {'already ' * bool(language)}and left alone"
            yield f"{lines} {became}; --source decides"


def work_on_lines(
    work: Work,
    input: Path | None,
    output: Path | None,
    *,
    part: Part | None = None,
    alignments: Path | None = None,
    warn: Callable[[str], None] = lambda message: None,
) -> Notes:
    """Work on a file or stdin, or a part of a file, in bounded memory, and write the results as they come.

    alignments is a file for the words of each line that belong together, in the Pharaoh format.
    """
    name, notes = "stdin" if input is None else str(input), Notes()
    links_file = nullcontext(list[BinaryIO]()) if alignments is None else replacing(alignments)
    with line_streams(input, output, warn, part) as (lines, out), links_file as aligned:
        first = part.first if part else 0
        for number, done in enumerate(work(_flushed(chunks(lines), out)), start=first + 1):
            notes.add(number, done)
            for line in done.written:
                write_line(out, line)
            for stream in aligned:
                write_line(stream, " ".join(f"{here}-{there}" for here, there in done.alignment))
            for message in done.warnings:
                warn(f"{name}:{number}: {message}")
    return notes


def _flushed(chunked: Iterable[Sequence[str]], out: BinaryIO) -> Iterator[Sequence[str]]:
    """The chunks, with all that was written before flushed whenever the next one is asked for."""
    for chunk in chunked:
        yield chunk
        out.flush()
