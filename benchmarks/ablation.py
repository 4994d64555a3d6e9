"""Trains the variations of a recipe one after another, and tables what each one scores on the validation set.

    python benchmarks/ablation.py benchmarks/ablation.toml --data data/raw/multi30k --out data/runs/ablation --threads 1

The list names a configuration, languages, settings of all runs, and variations: each a list of overrides as
`nmt train --set` takes them, of which the last one counts.
What is done is skipped and what was stopped goes on, so the same command is given until all is done; several may work
on one list at a time, in parts (--part 1/2). The test set is never read. Times are sums over all sittings; what a
sitting that was killed had used is not in them.
"""

import json
import re
import resource
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

NMT = [sys.executable, "-c", "from nmt.cli.main import main; main()"]


def main(
    variations: Annotated[Path, typer.Argument(metavar="LIST.toml")],
    data: Annotated[Path, typer.Option(help="A folder that `nmt prepare` made.")],
    out: Annotated[Path, typer.Option(help="The folder for runs, results.json and results.md.")],
    seed: Annotated[list[int], typer.Option(help="Repeatable.")] = [1],  # noqa: B006 - typer copies it
    threads: int = 1,
    only: Annotated[str, typer.Option(help="Variations whose name has this regular expression in it.")] = "",
    part: Annotated[str, typer.Option(help="I/N: every N-th of the runs, from the I-th on.")] = "1/1",
) -> None:
    """Run what is left of the list."""
    listed = tomllib.loads(variations.read_text())
    config = ["--config", str(variations.parent / listed["config"])]
    config += ["--source", listed["source"], "--target", listed["target"]]
    first, parts = map(int, part.split("/"))
    out.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGINT, lambda *_: None)  # it reaches the training too, which saves and ends
    wanted = [(number, name) for number in seed for name in listed["variations"] if re.search(only, name)]
    for number, name in wanted[first - 1 :: parts]:
        path = out / f"{re.sub(r'[^a-z0-9.]+', '-', name.lower())}-{number}.json"
        found = json.loads(path.read_text()) if path.exists() else {"variation": name, "seed": number}
        if "valid_bleu" not in found:
            changes = [*listed["settings"], *listed["variations"][name]]
            changes += [f"training.seed={number}", f"training.threads={threads}"]
            code = run_one(found, config, changes, data, out, path)
            if code >= 128:  # a signal; of what fails by itself the others know nothing
                raise SystemExit(code)
        write_tables(out)


def run_one(found: dict[str, Any], config: list[str], changes: list[str], data: Path, out: Path, path: Path) -> int:
    """Train one variation and add to found, and save in path, its times and scores; returns an exit code."""
    print(f"{found['variation']}, seed {found['seed']}", file=sys.stderr)
    tokenizer, run = tokenizer_for(config, changes, data, out), path.with_suffix("")
    before, started = cpu_seconds(), time.monotonic()
    own = [change for change in changes if not change.startswith("tokenizer.")]
    settings = [*config, *options(own), "--data", str(data), "--tokenizer", str(tokenizer)]
    code = subprocess.run([*NMT, "train", *settings, "--out", str(run)]).returncode
    found["wall_seconds"] = found.get("wall_seconds", 0.0) + time.monotonic() - started
    found["cpu_seconds"] = found.get("cpu_seconds", 0.0) + cpu_seconds() - before
    if code == 0:
        found |= best_validation(run)
        system = [*config[2:], "--model", str(run), "--data", str(data), "--split", "valid", "--json"]
        scored = subprocess.run([*NMT, "evaluate", *system], stdout=subprocess.PIPE)
        code = scored.returncode
    if code == 0:
        [bleu] = [score for score in json.loads(scored.stdout)["scores"] if score["name"] == "BLEU"]
        found |= {"changes": changes, "valid_bleu": bleu["value"], "signature": bleu["signature"]}
    write(path, json.dumps(found, indent=1))
    return code


def tokenizer_for(config: list[str], changes: list[str], data: Path, out: Path) -> Path:
    """The tokenizer of these settings; variations that do not change it share one."""
    own = [change for change in changes if change.startswith("tokenizer.")]
    path = out / f"{'-'.join(['tokenizer', *(re.sub(r'[^a-z0-9]+', '-', change) for change in own)])}.model"
    if not path.exists():
        made = ["train-tokenizer", *config, *options(own), "--data", str(data), "--out", str(path)]
        subprocess.run([*NMT, *made], stdout=subprocess.DEVNULL)  # if it fails, so does training
    return path


def options(changes: list[str]) -> list[str]:
    """Overrides as `nmt` takes them."""
    return [word for change in changes for word in ("--set", change)]


def best_validation(run: Path) -> dict[str, Any]:
    """The best greedy validation of a training, and the epoch that it ended; the epochs trained."""
    lines = [json.loads(line) for line in (run / "train.jsonl").read_text().splitlines()]
    scores = [line["valid_bleu"] for line in lines if "valid_bleu" in line]
    return {"greedy_valid_bleu": max(scores), "epoch": 1 + scores.index(max(scores)), "epochs": len(scores)}


def write_tables(out: Path) -> None:
    """Put all results so far into results.json and results.md."""
    results = [json.loads(path.read_text()) for path in out.glob("*.json") if path.name != "results.json"]
    done = [found for found in results if "valid_bleu" in found]
    done.sort(key=lambda found: -found["valid_bleu"])
    columns = ["variation", "seed", "BLEU on valid, beam", "greedy", "best epoch", "wall", "processor"]
    rows = [
        [
            found["variation"],
            str(found["seed"]),
            f"{found['valid_bleu']:.2f}",
            f"{found['greedy_valid_bleu']:.2f}",
            f"{found['epoch']} of {found['epochs']}",
            *(f"{found[key] / 60:.1f} min" for key in ("wall_seconds", "cpu_seconds")),
        ]
        for found in done
    ]
    table = [columns, ["---"] * len(columns), *rows]
    write(out / "results.md", "".join(f"| {' | '.join(row)} |\n" for row in table))
    write(out / "results.json", json.dumps(done, indent=1))


def cpu_seconds() -> float:
    """Processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(path: Path, text: str) -> None:
    """Replace a file as a whole."""
    from nmt.io.lines import write_file

    write_file(path, text.splitlines())


if __name__ == "__main__":
    typer.run(main)
