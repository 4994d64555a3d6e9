"""A part of a file's lines, so that many processes translate one file: their outputs in turn are the whole.

A translation does not depend on what else is translated, and an output is there once it is complete, so a job that was
killed is started again, and one that is done does nothing.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from nmt.errors import ConfigError
from nmt.io.parts import Part, count_lines, start_of_line

_SHARD = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,6})")


@dataclass(frozen=True, kw_only=True)
class Shard:
    """Which of how many parts, counted from 1."""

    number: int
    count: int

    @classmethod
    def of(cls, text: str) -> "Shard":
        """The shard written as I/N. Raises ConfigError for anything else, and for an I above N."""
        match = _SHARD.fullmatch(text)
        if not match or int(match[1]) > int(match[2]):
            raise ConfigError(f"--shard {text}: write I/N, with I from 1 to N: --shard 1/8 to --shard 8/8")
        return cls(number=int(match[1]), count=int(match[2]))

    def lines_of(self, total: int) -> range:
        """The numbers of its lines, from 0: consecutive ones, and as many as any other shard has, or one fewer."""
        return range((self.number - 1) * total // self.count, self.number * total // self.count)

    def part_of(self, path: Path) -> Part:
        """Its lines of a file, which is counted first."""
        own = self.lines_of(count_lines(path))
        return Part(first=own.start, start=start_of_line(path, own.start), lines=len(own))


def check_shard(input: Path | None, output: Path | None) -> None:
    """Raise ConfigError unless a shard has a file to read, which can be read twice, and one to write."""
    if input is None or output is None:
        raise ConfigError("--shard: name the file to read by -i and one for this part by -o")
    if input.exists() and not input.is_file():
        raise ConfigError(f"--shard: {input} is no regular file, whose lines could be counted first; save it as one")
