"""Work on lines that the actors of a Ray cluster share."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.errors import ConfigError

from .live_line import LiveLine

if TYPE_CHECKING:
    from nmt.stages.in_parts import Run, Task
    from nmt.stages.line_work import LineJob, Work


def work_on_ray(job: "LineJob", inputs: Sequence[Path], output: Path | None, target: str = "") -> int:
    """Work on files and folders of text into a folder; how many names, numbers and marks are lost."""
    from nmt.stages.in_parts import work_in_parts

    if not inputs or output is None:
        raise ConfigError("--ray: name files or folders to read by -i, and a folder for the results by -o")
    run = ray_runner()
    with LiveLine() as line:
        return work_in_parts(job, inputs, output, run=run, target=target, warn=line.warn, report=line.show_parts)


def ray_runner() -> "Run":
    """What does tasks on a Ray cluster. Raises ConfigError, before anything is written, if Ray is not installed."""
    from nmt.distributed.ray_data import load_ray

    load_ray()
    return _run_on_ray


def _run_on_ray(open_work: "Callable[[], Work]", tasks: "Sequence[Task]") -> Iterator[int]:
    from nmt.distributed import ray_data

    with redirect_stdout(sys.stderr):  # what Ray says of lost workers is no output
        yield from ray_data.run_on_ray(open_work, _do, tasks)


def _do(work: "Work", task: "Task") -> None:
    task.do(work)
