"""One large file translated in shards by two workers, some of which are killed, against the same file by one process.

    python benchmarks/killed_shards.py data/tatoeba/train.de-en.de.gz --model data/runs/demo --lines 1000000 [--ray]

The driver is xargs, as anybody would start shards on one machine, or `nmt translate --ray`. A worker is killed ten
times and the driver, with its workers, five times, after a random while; the driver is then started again, until it has
nothing to do. The outputs in turn must be, byte for byte, what one process writes.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

import typer

from nmt.io.lines import read_file

NMT = str(Path(sys.executable).with_name("nmt"))
WORKER, DRIVER = "worker", "driver"


def main(
    text: Annotated[Path, typer.Argument(help="Lines, which are repeated with numbers.")],
    model: Annotated[Path, typer.Option(help="A model folder.")] = Path("data/models/de-en"),
    lines: Annotated[int, typer.Option(help="Lines of the large file.")] = 1_000_000,
    shards: Annotated[int, typer.Option(help="Its parts.")] = 40,
    seed: Annotated[int, typer.Option(help="Decides when who is killed.")] = 1,
    beam: Annotated[int, typer.Option(help="Beam size.")] = 1,
    ray: Annotated[bool, typer.Option("--ray", help="Let Ray share the lines out, in parts of 5,000.")] = False,
) -> None:
    """Print lines a second either way, and whether the bytes are equal."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        large, whole = folder / "large", folder / "whole"
        numbered = zip(range(lines), cycle(list(read_file(text))), strict=False)
        large.write_text("".join(f"{line} {number}\n" for number, line in numbered))
        options = ["translate", "--model", str(model), "--source", "de", "--beam-size", str(beam), "-i", str(large)]
        started = time.perf_counter()
        subprocess.run([NMT, *options, "-o", whole], check=True, env=threads(2))
        seconds = time.perf_counter() - started
        print(f"one process of two threads: {seconds:.0f} s, {lines / seconds:.0f} lines/s", flush=True)
        started = time.perf_counter()
        drive = drive_ray(options, folder) if ray else drive_shards(options, folder, shards)
        starts = with_kills(drive, random.Random(seed), seconds)
        seconds = time.perf_counter() - started
        print(f"two workers of one thread: {seconds:.0f} s, {lines / seconds:.0f} lines/s, {starts} starts")
        joined = hashlib.sha256()
        count = 0
        for part in [folder / "out" / "large"] if ray else [folder / f"part.{n}" for n in range(1, shards + 1)]:
            data = part.read_bytes()
            joined.update(data)
            count += data.count(b"\n")
        same = joined.hexdigest() == hashlib.sha256(whole.read_bytes()).hexdigest()
        print(f"{count:,} lines of {lines:,}; bytes {'equal' if same else 'DIFFER'}: sha256 {joined.hexdigest()}")
        left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.name.startswith("part."))
        print(f"files beside the parts: {left}")
    if not same:
        raise SystemExit(1)


class Driver(NamedTuple):
    """How the work is begun, and how its workers are found."""

    command: Sequence[str]
    given: str  # to its standard input
    workers: Callable[[int], Sequence[str]]  # the command that prints their pids, by the driver's


def drive_shards(options: Sequence[str], folder: Path, shards: int) -> Driver:
    """Two processes side by side, each with a shard of its own until all are done."""
    command = " ".join([NMT, *options, f"--shard {{}}/{shards}", "-o", str(folder / "part.{}")])
    numbers = "\n".join(map(str, range(1, shards + 1)))
    xargs = ["xargs", "-P", "2", "-I{}", "sh", "-c", f"exec {command}"]
    return Driver(xargs, numbers, lambda driver: ["pgrep", "-P", str(driver)])


def drive_ray(options: Sequence[str], folder: Path) -> Driver:
    """Actors of Ray, as many as there are CPUs."""
    command = [NMT, *options, "--ray", "-o", str(folder / "out")]
    return Driver(command, "", lambda driver: ["pgrep", "-f", "^ray::MapWorker"])


def with_kills(driver: Driver, chance: random.Random, seconds: float) -> int:
    """Do all the work, with kills spread over the seconds that one process takes; how often the driver began."""
    kills = chance.sample([WORKER] * 10 + [DRIVER] * 5, 15)
    times = sorted(chance.uniform(0.03, 0.9) * seconds for _ in kills)
    begun, starts = time.perf_counter(), 0
    killed: list[str] = []
    while True:
        starts += 1
        process = subprocess.Popen(
            driver.command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=threads(1),
            start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(driver.given)
            process.stdin.close()
        while process.poll() is None:
            time.sleep(0.05)
            if len(killed) < len(kills) and time.perf_counter() - begun > times[len(killed)]:
                what = kills[len(killed)]
                if what == DRIVER:
                    os.killpg(process.pid, signal.SIGKILL)
                elif not kill_one(driver.workers(process.pid), chance):
                    continue  # until there is one
                killed.append(what)
        if process.returncode > 0:
            raise SystemExit(f"the driver ended with {process.returncode} by itself")
        if process.returncode == 0:
            print(f"killed: {killed.count(WORKER)} workers, {killed.count(DRIVER)} drivers")
            return starts


def kill_one(find: Sequence[str], chance: random.Random) -> bool:
    """Kill one of the processes whose pids a command prints; whether there was one."""
    found = subprocess.run(find, capture_output=True, text=True, check=False).stdout.split()
    if found:
        with suppress(ProcessLookupError):
            os.kill(int(chance.choice(found)), signal.SIGKILL)
    return bool(found)


def threads(number: int) -> dict[str, str]:
    """The environment with a number of threads."""
    return dict(os.environ) | {"OMP_NUM_THREADS": str(number)}


if __name__ == "__main__":
    typer.run(main)
