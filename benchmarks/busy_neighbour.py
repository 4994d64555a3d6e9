"""What busy processes beside it cost each command: its rate beside none, one and two of them, as shares of the first.

    python benchmarks/busy_neighbour.py

Each is measured with threads that sleep while they wait for each other, as the package asks of OpenMP, and with threads
that spin for a while, as libgomp lets them by itself. A busy process takes half of a CPU that it shares: beside k of
them on c CPUs the fair share is 1 - k / 2c. The shipped model, recipes and corpora are used, with all threads; a rate
excludes loading and the first units of work.
"""

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "data" / "models" / "de-en"
WARM_UP = 3  # units of work
LINES = 256  # a unit of work of the commands that read lines, an eighth of it in torch; of trainings it is an update
PAIRS = 50_000  # to train on
WAITING = {"spinning": {"GOMP_SPINCOUNT": "300000"}, "sleeping": {}}  # as often as libgomp does where nothing is said


def main(
    seconds: Annotated[float, typer.Option(help="To measure for, each time.")] = 20.0,
    turns: Annotated[int, typer.Option(help="Measurements of each rate; their median counts.")] = 3,
    loops: Annotated[str, typer.Option(help="Busy processes, between commas.")] = "0,1,2",
    commands: Annotated[str, typer.Option(help="Some of them, between commas.")] = "",
) -> None:
    """Print rates and shares as a table, and all measurements as JSON."""
    chosen = commands.split(",") if commands else list(COMMANDS)
    if unknown := set(chosen) - set(COMMANDS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; choose among {', '.join(COMMANDS)}")
    neighbours = list(map(int, loops.split(",")))
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder))
        print(f"{'':<14}{'threads':<10}" + "".join(f"{f'beside {number}':>22}" for number in neighbours))
        for command in chosen:
            for waiting, environment in WAITING.items():
                rates = {number: [] for number in neighbours}
                for _ in range(turns):
                    for number in neighbours:
                        with busy_processes(number):
                            rates[number].append(measured(command, Path(folder), seconds, environment))
                show(command, waiting, rates)


def show(command: str, waiting: str, rates: dict[int, list[float]]) -> None:
    """A row of the table, and the measurements behind it on stderr."""
    medians = {number: statistics.median(found) for number, found in rates.items()}
    alone = medians[min(medians)]
    cells = []
    for number, rate in medians.items():
        fair = 1 - number / 2 / (os.cpu_count() or 1)
        cells.append(f"{rate:,.2f}/s {rate / alone:.2f} of {fair:.2f}")
    print(f"{command:<14}{waiting:<10}" + "".join(f"{cell:>22}" for cell in cells), flush=True)
    print(json.dumps({"command": command, "threads": waiting, "rates": rates}), file=sys.stderr)


@contextmanager
def busy_processes(number: int) -> Iterator[None]:
    """So many processes that do nothing but run."""
    with ExitStack() as stack:
        for _ in range(number):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(process.kill)
        yield


def measured(command: str, folder: Path, seconds: float, environment: dict[str, str]) -> float:
    """How much work of a command is done a second, in a process of its own."""
    os.environ.pop("GOMP_SPINCOUNT", None)
    os.environ.update(environment)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (command, folder, seconds))


def work(command: str, folder: Path, seconds: float) -> float:
    """Do the work of a command for so long; returns how much of it was done a second."""
    times: list[float] = []

    def unit_done() -> bool:
        """Note that a unit of work is done; returns whether time is up."""
        times.append(time.monotonic())
        return len(times) > WARM_UP and times[-1] - times[WARM_UP - 1] >= seconds

    COMMANDS[command](folder, unit_done)
    return (len(times) - WARM_UP) / (times[-1] - times[WARM_UP - 1])


def write_corpus(folder: Path) -> None:
    """Sentence pairs as `nmt prepare` writes them, and the shipped model's tokenizer."""
    from nmt.io.lines import read_file, write_file
    from nmt.model_folder.store import open_folder

    for split, name, count in (("train", "train", PAIRS), ("valid", "dev", LINES), ("test", "test", LINES)):
        for language in ("de", "en"):
            lines = read_file(ROOT / "data" / "tatoeba" / f"{name}.de-en.{language}.gz")
            write_file(folder / f"{split}.{language}", islice(lines, count))
    (folder / "tokenizer.model").write_bytes(open_folder(MODEL).read("tokenizer.model"))


def train(folder: Path, unit_done: Callable[[], bool]) -> None:
    """Updates of the recipe tatoeba."""
    from nmt.config import load_config
    from nmt.stages.train import train as stage

    with tempfile.TemporaryDirectory() as out:
        config = load_config(
            ROOT / "configs" / "tatoeba.toml", ["training.epochs=1000", "training.validate_every=9999"]
        )
        tokenizer = folder / "tokenizer.model"
        stage(config=config, data=folder, tokenizer=tokenizer, out=Path(out) / "run", stop=unit_done)


def train_tagger(folder: Path, unit_done: Callable[[], bool]) -> None:
    """Updates of the recipe tagger."""
    from nmt.config import load_config
    from nmt.stages.train_tagger import train_tagger as stage

    corpora = ROOT / "data" / "ner" / "germeval2014-de"
    with tempfile.TemporaryDirectory() as out:
        stage(
            config=load_config(ROOT / "configs" / "tagger.toml", []),
            model=MODEL,
            train=[str(corpora / "train.resplit.bio.gz")],
            valid=[str(corpora / "dev.bio.gz")],
            out=Path(out) / "run",
            stop=unit_done,
        )


def tag(folder: Path, unit_done: Callable[[], bool]) -> None:
    """Lines, by the engine that `nmt tag` takes."""
    from nmt.decoding.tagger import load_tagger, tag_chunks
    from nmt.io.lines import read_file

    lines, model = list(read_file(folder / "test.de")), load_tagger(MODEL)
    while not unit_done():
        list(tag_chunks(model, [lines]))


def evaluate(folder: Path, unit_done: Callable[[], bool]) -> None:
    """Lines translated and scored, by the engine that `nmt evaluate` takes."""
    from nmt.stages.evaluate import evaluate as stage
    from nmt.stages.systems import open_test_set

    test_set = open_test_set(data=folder, source="de", target="en", model=MODEL)
    while not unit_done():
        stage(test_set=test_set, model=MODEL)


def translate(folder: Path, unit_done: Callable[[], bool]) -> None:
    """Lines, by `nmt translate --engine torch`."""
    from nmt.io.lines import read_file
    from nmt.stages.translate import translate_lines

    lines = list(read_file(folder / "test.de"))[: LINES // 8]
    while not unit_done():
        list(translate_lines(MODEL, lines, source="de", engine="torch"))


COMMANDS = {"train": train, "train-tagger": train_tagger, "tag": tag, "evaluate": evaluate, "translate": translate}

if __name__ == "__main__":
    typer.run(main)
