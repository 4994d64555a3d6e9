"""How many threads to compute in where nobody says."""

import os


def default_threads() -> int:
    """OMP_NUM_THREADS, as everywhere, or as many as there are processors that this process may run on."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
