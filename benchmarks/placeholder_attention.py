"""At how many placeholders of a translation attention points at the same placeholder of the source.

    python benchmarks/placeholder_attention.py newstest2011.de.gz --source de
    python benchmarks/placeholder_attention.py benchmarks/suite/order.jsonl --source de

Attention points at the source subword with the greatest weight when the placeholder is written, in forced decoding of
what the search has found. Guided attention (training.placeholders) is to raise this share, by which alignments and the
places of inserted items get better. Beside it, the mean weight, and the same for sentences with two placeholders and
more, where pointing can go wrong.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Annotated, NamedTuple

import typer

from nmt.decoding.alignment import attention_weights
from nmt.decoding.model import TranslationModel
from nmt.decoding.search import search
from nmt.decoding.segments import Protector, Segment, segments_of
from nmt.io.lines import read_file
from nmt.stages.models import load_models

LINES = 256  # at a time


class Pointed(NamedTuple):
    """A placeholder of a translation: how many its sentence has, and what weight its own in the source gets."""

    of: int
    right: bool  # whether that is the greatest
    weight: float


def main(
    files: Annotated[list[Path], typer.Argument(help="Text, or JSON Lines with `text` and `direction`.")],
    model: Annotated[Path, typer.Option(help="A model folder.")] = Path("data/models/de-en"),
    source: Annotated[str, typer.Option(help="Source language.")] = "de",
    limit: Annotated[int | None, typer.Option(help="Read this many lines of each file at most.")] = None,
) -> None:
    """Print a Markdown table."""
    loaded = load_models(model, source=source)
    print(f"| text, from {source} | placeholders | pointed at | mean weight |\n| --- | --- | --- | --- |")
    for file in files:
        lines = list(islice(read_texts(file, source), limit))
        found = [each for start in range(0, len(lines), LINES) for each in look(loaded, lines[start : start + LINES])]
        for name, least in ((file.name, 1), ("of two and more", 2)):
            chosen = [each for each in found if each.of >= least]
            right, weight = sum(each.right for each in chosen), fmean([each.weight for each in chosen] or [0.0])
            print(f"| {name} | {len(chosen)} | {right} ({right / max(1, len(chosen)):.1%}) | {weight:.3f} |")


def read_texts(file: Path, source: str) -> Iterator[str]:
    """The lines of a text file, or the texts of cases in this language."""
    if file.suffix != ".jsonl":
        yield from read_file(file)
        return
    for case in map(json.loads, read_file(file)):
        if case.get("direction", source).startswith(source):
            yield case["text"]


def look(model: TranslationModel, lines: Sequence[str]) -> Iterator[Pointed]:
    """The placeholders in the best translations of lines."""
    parts = [part for own in segments_of(model, Protector(), lines) for part in own]
    queries = [part.query for part in parts if isinstance(part, Segment) and part.query.placeholders]
    best = [hypotheses[0].ids for hypotheses in search(model, queries, model.search)]
    weights = attention_weights(model.engine, [query.ids for query in queries], best, model.decoder_start_id)
    for query, ids, rows in zip(queries, best, weights, strict=True):
        for number in range(query.placeholders):
            here = query.ids.index(model.source_placeholders[number])
            if (target := model.target_placeholders[number]) in ids:
                row = rows[ids.index(target)]
                yield Pointed(of=query.placeholders, right=int(row.argmax()) == here, weight=float(row[here]))


if __name__ == "__main__":
    typer.run(main)
