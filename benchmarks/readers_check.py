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
    from nmt.stages.systems import open_test_set
    from nmt.stages.translate import translate_lines

    test_set = open_test_set(data=data, split=split, source=source, model=model)
    assert test_set.sources is not None
    lines = sorted(random.Random(seed).sample(range(len(test_set.sources)), count))
    sources = [test_set.sources[line] for line in lines]
    source, target = test_set.languages
    hypotheses = translate_lines(model, sources, source=source, target=target)
    print("| line | source | translation | reference |\n| --- | --- | --- | --- |")
    for line, text, hypothesis in zip(lines, sources, hypotheses, strict=True):
        row = [str(line + 1), text, hypothesis, test_set.references[0][line]]
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")


if __name__ == "__main__":
    typer.run(main)
