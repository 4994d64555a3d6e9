"""Our training beside Eole's, OpenNMT-py's and JoeyNMT's, turn by turn: target subwords per second, medians over turns.

    DATA=data/raw/tatoeba-de-en
    python benchmarks/compare_training.py --data $DATA --tokenizer $DATA/tatoeba.model

All read the same subwords in batches of about 4,096 target subwords (those of the peers count padding), with
embeddings of 256, a GRU of 512 (its encoder's: 2 x 256), one layer each, dropout 0.3, AdamW (OpenNMT-py: Adam), in two
threads. No decoder is fed its attention back, as ours never is; --input-feeding gives the peers what they do by
default. Ours computes in bfloat16, and in float32 by --precision float32; the peers, in float32: their bfloat16 needs
a GPU. Each is installed by name into a virtual environment of its own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from training_peers import PEERS, Task


def main(
    data: Annotated[Path, typer.Option(help="A prepared folder.")],
    tokenizer: Annotated[Path, typer.Option(help="Its tokenizer.")],
    source: str = "de",
    target: str = "en",
    runs: Annotated[int, typer.Option(help="Turns of each system.")] = 5,
    updates: Annotated[int, typer.Option(help="Timed updates a turn.")] = 20,
    batch_tokens: int = 4096,
    cells: Annotated[str, typer.Option(help="Ours, between commas; the peers' is a GRU.")] = "gru",
    samples: Annotated[
        str, typer.Option(help="Ours, each of training.softmax_sample; 0: all of the vocabulary.")
    ] = "0",
    precision: str = "bfloat16",
    threads: int = 2,
    input_feeding: bool = False,
    peers: Annotated[str, typer.Option(help="Some of them, between commas.")] = ",".join(PEERS),
    environments: Annotated[Path, typer.Option(help="Where the peers are installed, or are to be.")] = Path(
        "data/raw/peers"
    ),
) -> None:
    """Print all rates and our ratios to the best peer's, as a table and as JSON."""
    names = peers.split(",")
    ours = {
        f"nmt {cell}" + (f" of {sample}" if int(sample) else ""): ["--cell", cell, "--softmax-sample", sample]
        for cell in cells.split(",")
        for sample in samples.split(",")
    }
    if unknown := set(names) - set(PEERS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}; choose among {', '.join(PEERS)}")
    for name in names:
        PEERS[name].prepare(environments / name)
    command = [sys.executable, Path(__file__).with_name("training_rate.py"), "--data", data, "--tokenizer", tokenizer]
    command += ["--source", source, "--target", target, "--updates", updates, "--batch-tokens", batch_tokens]
    command += ["--precision", precision, "--threads", threads]
    turns: dict[str, list[float]] = {name: [] for name in [*ours, *names]}
    with tempfile.TemporaryDirectory() as folder:
        task = Task(
            folder=Path(folder),
            updates=updates,
            batch_tokens=batch_tokens,
            input_feeding=input_feeding,
            threads=threads,
        )
        write_corpus(task.folder, data, tokenizer, source, target)
        for turn in range(runs):
            for name, options in ours.items():
                answer = subprocess.run([*map(str, command), *options], stdout=subprocess.PIPE, check=True)
                turns[name].append(json.loads(answer.stdout)["target_tokens_per_second"]["median"])
            for name in names:
                turns[name].append(PEERS[name].turn((environments / name).absolute(), task))
            found = ", ".join(f"{system} {rates[-1]:,.0f}" for system, rates in turns.items())
            print(f"turn {turn + 1} of {runs}: {found}", file=sys.stderr)
    medians = {system: statistics.median(rates) for system, rates in turns.items()}
    for system, rate in medians.items():
        print(f"{system:<20}{rate:>10,.0f} target subwords/s")
    best = max(names, key=lambda name: medians[name])
    ratios = {name: round(medians[name] / medians[best], 2) for name in ours}
    print(", ".join(f"{each}: {ratio:.1f} times the rate of {best}" for each, ratio in ratios.items()))
    settings = {"precision": precision, "threads": threads, "input_feeding": input_feeding}
    print(json.dumps({**settings, "turns": turns, "medians": medians, "best": best, "ratios": ratios}))


def write_corpus(folder: Path, data: Path, tokenizer: Path, source: str, target: str) -> None:
    """The training pairs as the peers want them: subwords between spaces, and a list of all subwords."""
    import sentencepiece

    from nmt.io.lines import read_file, write_file
    from nmt.text.tokenizer import EOS_ID

    subwords = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    for side, language in (("source", source), ("target", target)):
        lines = read_file(data / f"train.{language}")
        write_file(folder / f"train.{side}", (" ".join(subwords.encode(line, out_type=str)) for line in lines))
    pieces = (subwords.id_to_piece(number) for number in range(EOS_ID + 1, subwords.get_piece_size()))
    write_file(folder / "vocab", pieces)


if __name__ == "__main__":
    typer.run(main)
