"""How many threads to compute in where nobody says, and work shared out among them."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def default_threads() -> int:
    """OMP_NUM_THREADS if it is set, else the number of CPUs that this process may run on."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(function: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterable[Result]:
    """The results of a function for each item, in order; a bug in any of them is raised."""
    if workers == 1 or len(items) < 2:
        return map(function, items)
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(function, items))
