"""Work on lines that the actors of a Ray cluster share."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .live_line import LiveLine

if TYPE_CHECKING:
    from nmt.stages.in_parts import Task
    from nmt.stages.line_work import LineJob


def work_on_ray(job: "LineJob", inputs: Sequence[Path], output: Path | None, target: str = "") -> int:
    """Work on files and folders of text into a folder; how many names, numbers and marks are lost."""
    from nmt.distributed.ray_data import run_on_ray
    from nmt.stages.in_parts import Task, work_in_parts

    def run(job: "LineJob", tasks: Sequence["Task"]) -> Iterator[int]:
        return run_on_ray(job.open, lambda work, task: Task.do(task, work), tasks)

    with LiveLine() as line:
        return work_in_parts(job, inputs, output, run=run, target=target, warn=line.warn, report=line.show_parts)
