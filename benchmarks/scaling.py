"""How rates of two cells grow with hidden size, vocabulary and threads: a table, and a plot with the roofline.

    python benchmarks/scaling.py --out docs

Embeddings have 256 features, each side one layer. Weights and sentences are random, of 15 subwords on average; rates
do not depend on what they are. Training is in batches of 4,096 target subwords; decoding is greedy, and every
translation as long as its source. The roofline is what the matrix products alone would take at the machine's own rate,
in bfloat16 for training and in int8 for decoding. Each point is measured in a process of its own.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

EMBEDDING, LENGTH = 256, 15
CELLS = {"gru": "#4477aa", "ssru": "#228833"}  # and the colours of their bars
STANDARD = {"hidden": 512, "vocabulary": 8000, "threads": 2}
SWEEPS = {"hidden": (256, 512, 1024), "vocabulary": (4000, 8000, 32000), "threads": (1, 2)}
STAGES = ("training", "decoding")


def main(
    out: Annotated[Path, typer.Option(help="The folder for scaling.md and scaling.svg.")] = Path("docs"),
    runs: Annotated[int, typer.Option(help="Measurements of each point; medians are shown.")] = 5,
    updates: Annotated[int, typer.Option(help="Timed updates a measurement.")] = 10,
    point: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Write both, and print the table."""
    if point:
        print(json.dumps(measure(**json.loads(point), updates=updates)))
        return
    points = [
        {"cell": cell} | STANDARD | {name: value}
        for cell in CELLS
        for name, values in SWEEPS.items()
        for value in values
    ]
    points = [one for number, one in enumerate(points) if one not in points[:number]]
    turns: list[list[dict[str, Any]]] = [[] for _ in points]
    for turn in range(runs):
        for place, one in enumerate(points):
            print(f"turn {turn + 1} of {runs}: {one}", file=sys.stderr)
            command = [sys.executable, __file__, "--point", json.dumps(one), "--updates", str(updates)]
            answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            turns[place].append(json.loads(answer.stdout))
    rows = [
        one | {name: statistics.median(turn[name] for turn in own) for name in own[0]}
        for one, own in zip(points, turns, strict=True)
    ]
    print(table(rows))
    (out / "scaling.md").write_text(table(rows) + "\n")
    (out / "scaling.svg").write_text(plot(rows))


def measure(cell: str, hidden: int, vocabulary: int, threads: int, updates: int) -> dict[str, float]:
    """Target subwords per second in training and in decoding, and their rooflines."""
    from nmt.benchmark.rates import training_rate
    from nmt.benchmark.roofline import decoding_operations, matrix_rates, training_operations
    from nmt.models.config import ModelConfig
    from nmt.training.config import TrainingConfig

    config = ModelConfig(cell=cell, embedding_size=EMBEDDING, hidden_size=hidden, attention_heads=4)
    settings = TrainingConfig(max_updates=updates, threads=threads, precision="bfloat16", batch_tokens=4096)
    corpus: Any = RandomCorpus(pairs=8_000, vocabulary=vocabulary)
    rates = matrix_rates(threads)
    return {
        "training": training_rate(config, corpus, settings, (vocabulary, vocabulary)).median,
        "training roofline": rates["bfloat16"] / training_operations(vars(config), vocabulary),
        "decoding": decoding_rate(config, vocabulary, threads),
        "decoding roofline": rates["int8"] / decoding_operations(vars(config), vocabulary, source_length=1),
    }


def decoding_rate(config: Any, vocabulary: int, threads: int) -> float:
    """Target subwords per second of greedy search in so many threads, EOS forbidden."""
    import numpy as np

    from nmt.decoding.beam_search import beam_search
    from nmt.decoding.config import DecodingConfig
    from nmt.engines.int8 import quantize_weights
    from nmt.engines.networks import weights_of
    from nmt.engines.onnx import OnnxEngine
    from nmt.engines.onnx_layers import Network
    from nmt.models.translator import TranslationNetwork
    from nmt.text.tokenizer import EOS_ID

    arrays = quantize_weights(weights_of(TranslationNetwork(config, vocabulary, vocabulary, shared=True)))
    engine = OnnxEngine([Network(arrays=arrays, config=vars(config))], range(EOS_ID + 1))
    search = DecodingConfig(beam_size=1, max_length_ratio=5.9 / LENGTH)  # ends at 10 more than that share of the source
    sources = np.random.default_rng(1).integers(EOS_ID + 1, vocabulary, (16 * threads, 64, LENGTH)).tolist()

    def run(batches: Sequence[list[list[int]]]) -> int:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(lambda batch: beam_search(engine, batch, search), batches))
        return sum(len(best.ids) for batch in found for [best] in batch)

    run(sources[:threads])
    start = time.perf_counter()
    return run(sources) / (time.perf_counter() - start)


class RandomCorpus:
    """What training needs of a TokenizedCorpus, with random subwords."""

    mixture, placeholder_ids = (), None

    def __init__(self, pairs: int, vocabulary: int) -> None:
        import numpy as np

        self._random = np.random.default_rng(1)
        self._vocabulary = vocabulary
        self.source_lengths = self._random.poisson(LENGTH - 2, pairs) + 1  # sentence ends come on top
        self.target_lengths = np.clip(self.source_lengths + self._random.integers(-2, 3, pairs), 1, None)

    def __len__(self) -> int:
        return len(self.source_lengths)

    def epoch_rows(self, seed: int, epoch: int) -> Any:
        """All pairs."""
        import numpy as np

        return np.arange(len(self))

    def batch(self, rows: Any, alpha: float = 0.0, seed: int = 0) -> Any:
        """The pairs of the given rows."""
        from nmt.data.batch import make_batch
        from nmt.text.tokenizer import EOS_ID

        def draw(lengths: Any) -> list[list[int]]:
            return [self._random.integers(EOS_ID + 1, self._vocabulary, length).tolist() for length in lengths]

        return make_batch(draw(self.source_lengths[rows]), draw(self.target_lengths[rows]))


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    lines = ["| cell | hidden | vocabulary | threads | training | of its roofline | decoding | of its roofline |"]
    lines.append("| --- " + "| ---: " * 7 + "|")
    for row in rows:
        cells = [row["cell"], *(f"{row[name]:,}" for name in STANDARD)]
        for stage in STAGES:
            cells += [f"{row[stage]:,.0f}", f"{row[stage] / row[f'{stage} roofline']:.0%}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(rows: Sequence[dict[str, Any]]) -> str:
    """Bars of the rates, and lines for the rooflines, as SVG: a row of panels for each stage, on linear scales."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="480" font-family="sans-serif" font-size="12">'
    ]
    parts.append('<rect width="760" height="480" fill="white"/>')
    for down, stage in enumerate(STAGES):
        bottom, height = 210 + 230 * down, 150
        top = max(max(row[stage], row[f"{stage} roofline"]) for row in rows)
        parts.append(
            f'<text x="20" y="{bottom - height - 25}">{stage}, target subwords/s '
            "(blue: gru, green: ssru, red lines: the roofline)</text>"
        )
        for panel, (name, values) in enumerate(SWEEPS.items()):
            left = 20 + 250 * panel
            parts.append(f'<text x="{left}" y="{bottom + 34}">{name}</text>')
            for place, value in enumerate(values):
                parts.append(f'<text x="{left + 75 * place}" y="{bottom + 16}">{value:,}</text>')
                for number, (cell, colour) in enumerate(CELLS.items()):
                    [row] = [row for row in rows if row == row | STANDARD | {"cell": cell, name: value}]
                    x = left + 75 * place + 33 * number
                    rate, roofline = (height * row[key] / top for key in (stage, f"{stage} roofline"))
                    parts.append(
                        f'<rect x="{x}" y="{bottom - rate:.0f}" width="30" height="{rate:.0f}" fill="{colour}"/>'
                    )
                    parts.append(f'<path d="M{x} {bottom - roofline:.0f}h30" stroke="#cc3311" stroke-width="2"/>')
                    parts.append(f'<text x="{x}" y="{bottom - rate - 4:.0f}" font-size="9">{row[stage]:,.0f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    typer.run(main)
