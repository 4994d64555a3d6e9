"""The default number of threads."""

import os


def default_threads() -> int:
    """OMP_NUM_THREADS if it is set, else the number of CPUs that this process may run on."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
