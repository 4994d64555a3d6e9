"""Tasks that the actors of a Ray cluster share, by Ray Data; without a cluster, processes of this machine."""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any, TypeVar

from nmt.errors import ConfigError, DataError, NMTError

Tool = TypeVar("Tool")
Task = TypeVar("Task")


def load_ray() -> Any:
    """The package Ray, with its data library. Raises ConfigError if either is not installed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray would report to its makers
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # its future default, of which it warns else
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what is lost is said by an error
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("ray", "pandas", "pyarrow"):
            raise
        raise ConfigError("--ray needs Ray; install it by: pip install 'nmt[ray]'") from None
    return ray


def run_on_ray(open_tool: Callable[[], Tool], do: Callable[[Tool, Task], None], tasks: Sequence[Task]) -> Iterator[int]:
    """Do each task with a tool that every actor opens once; yield the number of a task when it is done.

    An actor computes in one thread, and there are as many as the cluster has CPUs. One that is lost is replaced, and
    its task done again, as often as it takes. Raises ConfigError if Ray is not installed (see load_ray), DataError for
    what an actor cannot do.
    """
    ray = load_ray()
    folder = Path.cwd()

    class Actor:
        """Holds the tool, and does the tasks of its batches."""

        def __init__(self) -> None:
            os.chdir(folder)  # paths are those of the command
            self._tool: Tool | None = None

        def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
            errors = [self._do(tasks[number]) for number in batch["item"]]
            return {"number": batch["item"], "error": errors}

        def _do(self, task: Task) -> str:
            try:
                if self._tool is None:
                    self._tool = open_tool()
                do(self._tool, task)
            except NMTError as error:
                return str(error)
            return ""

    # Workers import from where Ray is started before all else, and that may be a checkout of other code than this.
    with chdir(sys.prefix):
        ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR, ignore_reinit_error=True)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        actors = min(len(tasks), max(1, int(ray.cluster_resources().get("CPU", 1))))
        done = ray.data.from_items(list(range(len(tasks))), override_num_blocks=len(tasks)).map_batches(
            Actor,
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=actors),
            num_cpus=1,
        )
        for row in done.iter_rows():
            if row["error"]:
                raise DataError(row["error"])
            yield int(row["number"])
    except ray.exceptions.RayActorError as error:
        reason = str(error).strip().partition("\n")[0]
        raise DataError(f"an actor was lost for good ({reason}); start the same command again") from error
    finally:
        ray.shutdown()
