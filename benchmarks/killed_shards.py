"""One large file translated in shards by two workers, some of which are killed, against the same file by one process.

    python benchmarks/killed_shards.py data/tatoeba/train.de-en.de.gz --model data/runs/demo --lines 1000000

The driver is xargs, as anybody would start shards on one machine. A worker is killed ten times and the driver, with its
workers, five times, after a random while; the driver is then started again, until it has nothing to do. The outputs in
turn must be, byte for byte, what one process writes.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

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
        starts = in_shards(options, folder, shards, random.Random(seed), seconds)
        seconds = time.perf_counter() - started
        print(f"two workers of one thread: {seconds:.0f} s, {lines / seconds:.0f} lines/s, {starts} starts")
        joined = hashlib.sha256()
        count = 0
        for number in range(1, shards + 1):
            data = (folder / f"part.{number}").read_bytes()
            joined.update(data)
            count += data.count(b"\n")
        same = joined.hexdigest() == hashlib.sha256(whole.read_bytes()).hexdigest()
        print(f"{count:,} lines of {lines:,}; bytes {'equal' if same else 'DIFFER'}: sha256 {joined.hexdigest()}")
        left = sorted(path.name for path in folder.iterdir() if not path.name.startswith("part."))
        print(f"files beside the parts: {left}")
    if not same:
        raise SystemExit(1)


def in_shards(options: Sequence[str], folder: Path, shards: int, chance: random.Random, seconds: float) -> int:
    """Translate all shards, with kills spread over the seconds that one process takes; how often the driver began."""
    command = " ".join([NMT, *options, f"--shard {{}}/{shards}", "-o", str(folder / "part.{}")])
    kills = chance.sample([WORKER] * 10 + [DRIVER] * 5, 15)
    times = sorted(chance.uniform(0.03, 0.9) * seconds for _ in kills)
    begun, starts = time.perf_counter(), 0
    killed: list[str] = []
    while True:
        starts += 1
        numbers = "\n".join(map(str, range(1, shards + 1)))
        driver = subprocess.Popen(
            ["xargs", "-P", "2", "-I{}", "sh", "-c", f"exec {command}"],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=threads(1), start_new_session=True,
        )  # fmt: skip
        assert driver.stdin is not None
        with suppress(BrokenPipeError):
            driver.stdin.write(numbers)
            driver.stdin.close()
        while driver.poll() is None:
            time.sleep(0.05)
            if len(killed) < len(kills) and time.perf_counter() - begun > times[len(killed)]:
                kill(driver.pid, kills[len(killed)], chance)
                killed.append(kills[len(killed)])
        if driver.returncode == 0:
            print(f"killed: {killed.count(WORKER)} workers, {killed.count(DRIVER)} drivers")
            return starts


def kill(driver: int, what: str, chance: random.Random) -> None:
    """Kill the driver with all its workers, or one of them."""
    if what == DRIVER:
        os.killpg(driver, signal.SIGKILL)
        return
    found = subprocess.run(["pgrep", "-P", str(driver)], capture_output=True, text=True).stdout.split()
    if found:
        with suppress(ProcessLookupError):
            os.kill(int(chance.choice(found)), signal.SIGKILL)


def threads(number: int) -> dict[str, str]:
    """The environment with a number of threads."""
    return dict(os.environ) | {"OMP_NUM_THREADS": str(number)}


if __name__ == "__main__":
    typer.run(main)
