"""Lines of the characters that shift, break or hide text elsewhere."""

import random
from collections.abc import Iterator

# What Python, terminals, spreadsheets and text editors take for a line end, a field's end, or nothing at all.
STRANGE = (
    "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\ufeff", "\0", "\x1b", "\x7f", "\x9b",
    "\u00a0", "\u00ad", "\u200b", "\u200f", "\u202e", "\u2066", "\u2069", "\u0301", "\ufffe", "\U0010ffff", "\t", " ",
    '"', "'", ",", ";", "\\", "\\n", "\U0001f600", "é", "ﬁ", "ﷺ", "中", "ض", "▁", "<2de>", "NA", "001", "a", "Haus",
)  # fmt: skip


def fuzzed_lines(count: int, seed: int) -> Iterator[str]:
    """Lines of any characters but the line end; a tenth are blank."""
    generator = random.Random(seed)
    for _ in range(count):
        length = 0 if generator.random() < 0.1 else generator.randint(1, 20)
        yield "".join(generator.choices(STRANGE, k=length))


def fuzzed_bytes(count: int, seed: int) -> Iterator[bytes]:
    """The same, spoilt: most lines are not UTF-8."""
    generator = random.Random(seed)
    for line in fuzzed_lines(count, seed):
        spoilt = bytearray(line.encode() + b"?")
        spoilt[generator.randrange(len(spoilt))] = generator.choice((0x00, 0x80, 0xC0, 0xE2, 0xED, 0xF5, 0xFF))
        yield bytes(spoilt)
