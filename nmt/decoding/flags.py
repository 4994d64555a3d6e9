"""Flags: what looks wrong with a translation from outside, without knowing a better one."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from nmt.decoding.segments import Kept, Segment

Flag = Literal["repeated", "unfinished", "length", "script", "unknown_words"]

_WORD = re.compile(r"\w+")
_SEQUENCE = 3  # words
_SHORT = 20  # characters: of such lines the lengths say nothing
_RATIO = 3.0


def flags_of(source: str, target: str, *, parts_finished: bool, given: Sequence[Segment | Kept]) -> list[Flag]:
    """The flags of a line's translation, which was made of the given parts."""
    flags: list[Flag] = []
    if _repetitions(target) > _repetitions(source):
        flags.append("repeated")
    if not parts_finished:
        flags.append("unfinished")
    if max(len(source), len(target)) > _SHORT and not 1 / _RATIO <= (len(target) + 1) / (len(source) + 1) <= _RATIO:
        flags.append("length")
    if any(isinstance(part, Kept) and part.foreign for part in given):
        flags.append("script")
    if any(span.kind == "unknown" for part in given for span in part.spans):
        flags.append("unknown_words")
    return flags


def _repetitions(text: str) -> int:
    """How many sequences of three words stand in a text again."""
    words = [word.casefold() for word in _WORD.findall(text)]
    counts = Counter(zip(*(words[start:] for start in range(_SEQUENCE)), strict=False))
    return sum(count - 1 for count in counts.values())
