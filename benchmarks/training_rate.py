"""How many target subwords a second training reads: median over updates, on a prepared folder of the user's.

    python benchmarks/training_rate.py --data data/raw/tatoeba-de-en --tokenizer data/raw/tatoeba-de-en/tatoeba.model

Target subwords include each sentence's end and exclude padding. Time includes making batches, both passes, clipping
and the optimizer; it excludes validation and saving.
"""

import json
import platform
from pathlib import Path
from typing import Annotated

import typer


def main(
    data: Annotated[Path, typer.Option(help="A prepared folder.")],
    tokenizer: Annotated[Path, typer.Option(help="Its tokenizer.")],
    source: str = "de",
    target: str = "en",
    updates: Annotated[int, typer.Option(help="Timed updates, after those of an epoch, or 200, that are not.")] = 100,
    batch_tokens: int = 4096,
    precision: str = "bfloat16",
    threads: int = 2,
    cell: str = "gru",
    hidden_size: int = 512,
    softmax_sample: Annotated[int, typer.Option(help="As training.softmax_sample; 0: all of the vocabulary.")] = 0,
) -> None:
    """Print the training rate of a model with embeddings of 256 and one layer each as JSON."""
    import torch

    from nmt.benchmark.rates import training_rate
    from nmt.benchmark.roofline import matrix_rates, training_operations
    from nmt.data.tokenized_corpus import tokenize_corpus
    from nmt.models.config import ModelConfig
    from nmt.text.tokenizer import Tokenizer
    from nmt.training.config import TrainingConfig

    subwords = Tokenizer.from_bytes(tokenizer.read_bytes())
    corpus = tokenize_corpus(
        data / f"train.{source}", data / f"train.{target}", subwords, subwords, data / ".tokenized", max_length=200
    )
    model = ModelConfig(cell=cell, embedding_size=256, hidden_size=hidden_size, dropout=0.3)
    config = TrainingConfig(
        batch_tokens=batch_tokens,
        precision=precision,
        max_updates=updates,
        threads=threads,
        softmax_sample=softmax_sample,
    )
    rate = training_rate(model, corpus, config, (subwords.vocab_size, subwords.vocab_size))
    operations = training_operations(
        vars(model), subwords.vocab_size, float(corpus.source_lengths.mean() / corpus.target_lengths.mean())
    )
    roofline = matrix_rates(threads)["float32" if precision == "float32" else "bfloat16"] / operations
    report = {
        "target_tokens_per_second": {"median": round(rate.median), "quartiles": [round(rate.low), round(rate.high)]},
        "roofline": round(roofline),
        "share_of_roofline": round(rate.median / roofline, 3),
        "vocabulary": subwords.vocab_size,
        "hidden_size": hidden_size,
        "batch_tokens": batch_tokens,
        "softmax_sample": softmax_sample,
        "precision": precision,
        "threads": threads,
        "updates": updates,
        "torch": torch.__version__,
        "processor": platform.processor() or platform.machine(),
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    typer.run(main)
