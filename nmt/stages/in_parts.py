"""Work on lines of many and of large files, cut into parts that many processes share.

A part's results lie under a name of their own in the output folder until all parts of its file are there; then they
are joined, in order. So whatever is killed, the same command goes on with the parts that are missing, and what is
written is what one process writes.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from nmt.errors import ConfigError, DataError
from nmt.io.files import open_bytes, refuse_overwriting, replacing
from nmt.io.lines import read_file, write_file
from nmt.io.parts import Part, cut
from nmt.model_folder.locking import lock
from nmt.stages.document_files import files_into_folder, warn_of_document
from nmt.stages.line_work import LineJob, Notes, Work, work_on_lines

PART_LINES = 5_000
PARTS = ".parts"  # in the output folder
JOB = ".job.json"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A part of a file, and where its results go."""

    input: Path
    part: Part
    lines: Path
    notes: Path  # there when the lines are complete

    def do(self, work: Work) -> None:
        """Write the results, and then what is to be said of them."""
        said: list[str] = []
        notes = work_on_lines(work, self.input, self.lines, part=self.part, warn=said.append)
        write_file(self.notes, [json.dumps({**asdict(notes), "said": said})])


@dataclass(frozen=True, kw_only=True)
class PartsProgress:
    """How many lines are done."""

    lines: int
    total: int
    fresh: int  # of those that are done, how many were not done before


# Opens the work and does tasks in whatever order and however many times; yields the number of each when it is done.
Run = Callable[[Callable[[], Work], Sequence[Task]], Iterator[int]]


def tasks_of(path: Path, parts: Sequence[Part], folder: Path) -> list[Task]:
    """The parts of a file, whose results go into a folder."""
    names = [folder.absolute() / f"{part.first:012}" for part in parts]
    return [
        Task(input=path, part=part, lines=name.with_suffix(".txt"), notes=name.with_suffix(".json"))
        for part, name in zip(parts, names, strict=True)
    ]


def run_here(open_work: Callable[[], Work], tasks: Sequence[Task]) -> Iterator[int]:
    """Do tasks one after another."""
    work = open_work()
    for number, task in enumerate(tasks):
        task.do(work)
        yield number


def work_in_parts(
    job: LineJob,
    inputs: Sequence[Path],
    output: Path,
    *,
    run: Run,
    part_lines: int = PART_LINES,
    target: str = "",
    warn: Callable[[str], None] = lambda message: None,
    report: Callable[[PartsProgress], None] = lambda progress: None,
) -> int:
    """Work on files, and those in folders that end in .txt or .txt.gz, into a folder; how many marks were lost.

    Raises ConfigError if the folder holds results of another job, DataError for what cannot be read or written,
    ModelError if another process works on it.
    """
    files = files_into_folder(inputs, output, "text", warn)
    goals = [file.output for file in files if file.output]
    sources = [file.input.absolute() for file in files if file.input]
    refuse_overwriting(goals, [*sources, *job.files()])
    with lock(output):
        found = [cut(path, part_lines) for path in sources]
        sums = {str(goal.relative_to(output)): digest for goal, (_, digest) in zip(goals, found, strict=True)}
        _claim(output, {**job.description(), "input": sums, "lines in a part": part_lines})
        work = [
            _FileWork.of(output / PARTS / str(number), source, goal, parts)
            for number, (source, goal, (parts, _)) in enumerate(zip(sources, goals, found, strict=True))
            if not goal.exists()
        ]
        if not work:
            warn(f"{output}: is complete already; remove it to have it made again")
        for each in work:
            warn_of_document(each.source, warn)
        lost = _carry_out(job, work, run, target, warn, report)
        shutil.rmtree(output / PARTS, ignore_errors=True)  # also what a kill between joining and removing left
        return lost


@dataclass(frozen=True, kw_only=True)
class _FileWork:
    """A file whose results are not there yet."""

    source: Path
    goal: Path
    folder: Path
    tasks: Sequence[Task]

    @classmethod
    def of(cls, folder: Path, source: Path, goal: Path, parts: Sequence[Part]) -> "_FileWork":
        folder.mkdir(parents=True, exist_ok=True)
        goal.parent.mkdir(parents=True, exist_ok=True)
        return cls(source=source, goal=goal, folder=folder, tasks=tasks_of(source, parts, folder))

    def is_done(self) -> bool:
        return all(task.notes.exists() for task in self.tasks)

    def join(self, target: str, warn: Callable[[str], None]) -> int:
        """Write what the parts have, in order, say what is to be said of them, and remove them; what was lost."""
        notes = Notes()
        with replacing(self.goal) as [out]:
            for task in self.tasks:
                with open_bytes(task.lines) as lines:
                    shutil.copyfileobj(lines, out)
                found = json.loads("".join(read_file(task.notes)))
                for message in found.pop("said"):
                    warn(message)
                notes.join(Notes(**found))
        for message in notes.messages(target):
            warn(f"{self.source}: {message}")
        shutil.rmtree(self.folder)
        return notes.lost


def _carry_out(
    job: LineJob,
    work: Sequence[_FileWork],
    run: Run,
    target: str,
    warn: Callable[[str], None],
    report: Callable[[PartsProgress], None],
) -> int:
    """Do all parts that are not done, and join those of each file when they and the files before are."""
    tasks = list(chain.from_iterable(each.tasks for each in work))
    missing = [task for task in tasks if not task.notes.exists()]
    total = sum(task.part.lines for task in tasks)
    before = done = total - sum(task.part.lines for task in missing)
    waiting, lost = list(work), 0
    for number in chain([None], run(job.load, missing) if missing else ()):
        if number is not None:
            done += missing[number].part.lines
            report(PartsProgress(lines=done, total=total, fresh=done - before))
        while waiting and waiting[0].is_done():
            lost += waiting.pop(0).join(target, warn)
    if waiting:
        raise DataError(f"{waiting[0].source}: not all of its parts are done; start the same command again")
    return lost


def _claim(output: Path, job: dict[str, Any]) -> None:
    """Write down whose results the folder holds. Raises ConfigError if they are those of another job."""
    path = output / JOB
    if not path.exists():
        held = sorted(each.name for each in output.iterdir() if not each.name.startswith("."))
        if held:
            raise ConfigError(f"{output}: holds {held[0]} already; choose a new folder for the results")
        write_file(path, [json.dumps(job, sort_keys=True)])
        return
    try:
        before = json.loads("".join(read_file(path)))
    except ValueError:
        before = {}
    job = json.loads(json.dumps(job))
    other = next((key for key in job if not isinstance(before, dict) or before.get(key) != job[key]), None)
    if other is not None:
        raise ConfigError(f"{output}: holds the results of another job ({other}: not the same); choose another folder")
