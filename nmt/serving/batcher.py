"""Lines of all requests, worked on together: those that wait at the same time share batches.

A result never depends on what shares a batch with it (promise 12), so no answer tells who else
was there.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any

from nmt.serving.errors import RequestError

ROUND_LINES = 64  # worked on at once, so that a long request does not hold up the short ones behind it
ROUND_CHARACTERS = 8192
WORKERS = 2  # rounds at a time: a line of many sentences in one of them leaves the other free

Work = Callable[[Sequence[str]], Sequence[Any]]  # one result for each line


@dataclass(frozen=True)
class Task:
    """Something to do with lines; lines of equal keys may share a call of work."""

    key: Hashable
    work: Work = field(compare=False)


@dataclass(eq=False)
class _Job:
    task: Task
    lines: Sequence[str]
    future: "Future[list[Any]]"
    taken: int = 0  # lines that are worked on, or were
    results: dict[int, Any] = field(default_factory=dict)


class Batcher:
    """Takes jobs from any thread and works on them in threads of its own, the oldest first, a round each in turn."""

    def __init__(self, max_waiting: int, observe: Callable[[int], None] = lambda lines: None) -> None:
        self._max_waiting = max_waiting
        self._observe = observe  # is told how many lines each round has
        self._waiting: deque[_Job] = deque()
        self._open = 0
        self._closed = False
        self._change = threading.Condition()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    @property
    def open(self) -> int:
        """Jobs that were taken on and have no result yet."""
        return self._open

    def submit(self, task: Task, lines: Sequence[str]) -> "Future[list[Any]]":
        """The future results of a task, one for each line; who cancels it has its lines dropped.

        Raises RequestError (503) if too many jobs wait, or the server is shutting down.
        """
        job = _Job(task, lines, Future())
        if not lines:
            job.future.set_result([])
            return job.future
        with self._change:
            if self._closed:
                raise RequestError(503, "the server is shutting down; ask another one", retry_after=10)
            if self._open >= self._max_waiting:
                raise RequestError(503, "too many requests are waiting; try again in a moment", retry_after=1)
            self._open += 1
            self._waiting.append(job)
            self._change.notify()
        job.future.add_done_callback(lambda _: self._ended())
        return job.future

    def close(self) -> None:
        """Take nothing more, finish what was taken, and end."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in self._threads:
            thread.join()

    def _ended(self) -> None:
        with self._change:
            self._open -= 1

    def _run(self) -> None:
        while (taken := self._next_round()) is not None:
            self._work(taken)

    def _next_round(self) -> list[tuple[_Job, int]] | None:
        """Lines to work on together, each by its job and number; None when there will be no more."""
        with self._change:
            while True:
                self._change.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return None
                if taken := self._take():
                    return taken

    def _take(self) -> list[tuple[_Job, int]]:
        """A line of each job like the oldest one, in turn, until the round is full; what is left waits at the end."""
        key = self._waiting[0].task.key
        alike = deque(job for job in self._waiting if job.task.key == key)
        self._waiting = deque(job for job in self._waiting if job.task.key != key)
        taken: list[tuple[_Job, int]] = []
        room = ROUND_CHARACTERS
        while alike and len(taken) < ROUND_LINES and (room > 0 or not taken):
            job = alike.popleft()
            if job.future.cancelled():
                continue
            taken.append((job, job.taken))
            room -= len(job.lines[job.taken])
            job.taken += 1
            if job.taken < len(job.lines):
                alike.append(job)
        self._waiting.extend(alike)
        if self._waiting:
            self._change.notify()
        return taken

    def _work(self, taken: Sequence[tuple[_Job, int]]) -> None:
        self._observe(len(taken))
        try:
            results = taken[0][0].task.work([job.lines[number] for job, number in taken])
        except Exception as error:
            jobs = {id(job): job for job, _ in taken}
            if len(jobs) == 1:
                _settle(taken[0][0], error)
                return
            for one in jobs.values():  # nobody has another one's error
                self._work([(job, number) for job, number in taken if job is one])
            return
        for (job, number), result in zip(taken, results, strict=True):
            job.results[number] = result
            if len(job.results) == len(job.lines):
                _settle(job, [job.results[place] for place in range(len(job.lines))])


def _settle(job: _Job, outcome: list[Any] | Exception) -> None:
    """Give a job its outcome, unless its request has gone, or another round of it has failed."""
    try:
        if isinstance(outcome, Exception):
            job.future.set_exception(outcome)
        else:
            job.future.set_result(outcome)
    except InvalidStateError:
        pass
