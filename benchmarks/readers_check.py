"""Sentences drawn at random from a test set, with their translations and references side by side, for a reader.

    python benchmarks/readers_check.py --model data/models/de-en --data data/raw/tatoeba-de-en --source en --seed 1

Drawn by seed before anything is translated, so nobody has chosen them. A translation does not depend on what else is
translated, so these are the ones that the scores are of.
"""

import random
from pathlib import Path
from typing import Annotated

import typer


def main(
    model: Annotated[Path, typer.Option(help="A model folder.")],
    data: Annotated[Path, typer.Option(help="A folder that `nmt prepare` made.")],
    source: Annotated[str, typer.Option(help="Source language; by default the model's own.")] = "",
    split: str = "test",
    count: int = 30,
    seed: int = 1,
) -> None:
    """Print a Markdown table."""
    from nmt import pipeline

    benchmark = pipeline.open_benchmark(data=data, split=split, source=source, model=model)
    assert benchmark.sources is not None
    lines = sorted(random.Random(seed).sample(range(len(benchmark.sources)), count))
    sources = [benchmark.sources[line] for line in lines]
    hypotheses = pipeline.translate_lines(model, sources, direction=benchmark.languages)
    print("| line | source | translation | reference |\n| --- | --- | --- | --- |")
    for line, text, hypothesis in zip(lines, sources, hypotheses, strict=True):
        row = [str(line + 1), text, hypothesis, benchmark.references[0][line]]
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")


if __name__ == "__main__":
    typer.run(main)
