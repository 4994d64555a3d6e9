"""Our engine beside CTranslate2's int8 Transformer (4 encoder and 2 decoder layers of 256), one after the other.

    python benchmarks/compare_peers.py --model data/runs/tatoeba-de-en --input data/raw/tatoeba-de-en/test.de

Both translate the same subwords in the same number of threads, turn by turn; medians over the turns are shown. Ours
besides tokenizes and detokenizes, and finds and protects names if the model does; CTranslate2 does not. Its weights are
random and its translations all as long as the mean of ours: see ctranslate2_peer.py. It is installed by name into a
virtual environment of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Annotated, Any

import typer


def main(
    model: Annotated[Path, typer.Option(help="A model folder.")],
    input_: Annotated[Path, typer.Option("--input", "-i", help="Lines to translate.")],
    runs: Annotated[int, typer.Option(help="Turns of each system.")] = 5,
    environment: Annotated[Path, typer.Option(help="Where CTranslate2 is installed, or is to be.")] = Path(
        "data/raw/peers/ctranslate2"
    ),
    package: str = "ctranslate2==4.8.5",
) -> None:
    """Print sentences per second and milliseconds for a sentence, at beam 1 and 5, as a table and as JSON."""
    from nmt.decoding.translator import translate_chunks
    from nmt.io.lines import read_file
    from nmt.stages.models import load_models

    if not (environment / "bin" / "python").exists():
        venv.create(environment, with_pip=True)
        subprocess.run([environment / "bin" / "pip", "install", "--quiet", package], check=True)
    threads = len(os.sched_getaffinity(0))
    loaded, lines = load_models(model), list(read_file(input_))
    sources = [loaded.source_tokenizer.encode(line) for line in lines]
    targets = [loaded.target_tokenizer.encode(found.text) for found in translate_chunks(loaded, [lines], loaded.search)]
    length = round(statistics.mean(len(target) + 1 for target in targets))

    turns: dict[str, list[Any]] = {"nmt": [], "ctranslate2": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sources.json"
        path.write_text(json.dumps(sources))
        peer = [environment / "bin" / "python", Path(__file__).with_name("ctranslate2_peer.py"), "--sources", path]
        peer += ["--length", length, "--vocabulary", loaded.target_tokenizer.vocab_size, "--threads", threads]
        for turn in range(runs):
            print(f"turn {turn + 1} of {runs}", file=sys.stderr)
            turns["nmt"].append(ours(loaded, lines))
            answer = subprocess.run(list(map(str, peer)), stdout=subprocess.PIPE, check=True)
            turns["ctranslate2"].append(json.loads(answer.stdout)["beams"])
    found = {
        f"beam {beam}, {what.replace('_', ' ')}": {
            system: statistics.median(turn[beam][what] for turn in own) for system, own in turns.items()
        }
        for beam in ("1", "5")
        for what in ("sentences_per_second", "processor_milliseconds_a_sentence", "milliseconds")
    }
    for name, medians in found.items():
        ratio = medians["nmt"] / medians["ctranslate2"]
        print(f"{name:<42}nmt {medians['nmt']:>9,.2f}  ctranslate2 {medians['ctranslate2']:>9,.2f}  ratio {ratio:.2f}")
    print(json.dumps({"threads": threads, "length": length, "medians": found, "turns": turns}))


def ours(model: Any, lines: list[str]) -> dict[str, dict[str, float]]:
    """One turn of our engine."""
    from nmt.benchmark.rates import decoding_rate, latencies

    found = {}
    for beam in (1, 5):
        processor = time.process_time()
        rate = decoding_rate(model, lines, beam, runs=1).median
        found[str(beam)] = {
            "sentences_per_second": rate,
            # of the timed run and of the one before it
            "processor_milliseconds_a_sentence": 1000 * (time.process_time() - processor) / (2 * len(lines)),
            "milliseconds": 1000 * latencies(model, lines[:200], beam)[0],
        }
    return found


if __name__ == "__main__":
    typer.run(main)
