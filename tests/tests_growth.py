"""Whether time grows with the length of a text or faster: a ratio of two lengths, which no other process changes."""

import time
from collections.abc import Callable

TIMES = 8  # as long
LIMIT = 24  # times as much CPU time; a quadratic function takes 64 times as much
LEAST = 1e-4  # seconds; what takes less is not compared
ATTEMPTS = 5


def takes_linear_time(function: Callable[[str], object], text: str) -> bool:
    """Whether a text takes about eight times as long as its first eighth: too long once may be chance, always is not.

    What a function does the first time only is done before.
    """
    short = text[: len(text) // TIMES]
    function(short)
    return any(_seconds(function, text) < LIMIT * max(_seconds(function, short), LEAST) for _ in range(ATTEMPTS))


def _seconds(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start
