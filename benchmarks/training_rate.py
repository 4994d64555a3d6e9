"""How many target subwords a second training reads: median over updates, on a prepared folder of the user's.

    python benchmarks/training_rate.py --data data/raw/tatoeba-de-en --tokenizer data/raw/tatoeba-de-en/tokenizer.model

Target subwords include each sentence's end and exclude padding. Time includes making batches, both passes, clipping
and the optimizer; it excludes validation and saving.
"""

import json
import platform
import statistics
import time
from pathlib import Path
from typing import Annotated

import typer


def main(
    data: Path,
    tokenizer: Path,
    source: str = "de",
    target: str = "en",
    updates: Annotated[int, typer.Option(help="Timed updates, after ten that are not.")] = 100,
    batch_tokens: int = 4096,
    precision: str = "bfloat16",
    threads: int = 2,
    cell: str = "gru",
) -> None:
    """Print the training rate of the model 256/512, one layer each, as JSON."""
    import torch

    from nmt.models.translator import ModelConfig, Translator
    from nmt.text.batch import tokenize_corpus
    from nmt.text.tokenizer import Tokenizer
    from nmt.training.loop import TrainingConfig, UpdateReport, train
    from nmt.training.memory import keep_freed_memory
    from nmt.training.state import TrainingState

    keep_freed_memory()
    torch.set_num_threads(threads)
    subwords = Tokenizer.from_bytes(tokenizer.read_bytes())
    corpus = tokenize_corpus(
        data / f"train.{source}", data / f"train.{target}", subwords, subwords, data / ".tokenized", max_length=200
    )
    config = TrainingConfig(
        batch_tokens=batch_tokens, precision=precision, validate_every=10**9, max_updates=10**8, epochs=100
    )
    model = Translator(
        ModelConfig(cell=cell, embedding_size=256, hidden_size=512, dropout=0.3),  # type: ignore[arg-type]
        subwords.vocab_size,
        subwords.vocab_size,
        shared=True,
    )
    rates: list[float] = []
    start = time.perf_counter()
    state = TrainingState.start(model, config.optimizer, config.weight_decay, averaged=False)
    for event in train(state, corpus, config, validate=lambda model, update: None):  # type: ignore[arg-type,return-value]
        assert isinstance(event, UpdateReport)
        rates.append(event.tokens / (time.perf_counter() - start))
        if len(rates) == updates + 10:
            break
        start = time.perf_counter()
    timed = sorted(rates[10:])
    report = {
        "target_tokens_per_second": {
            "median": round(statistics.median(timed)),
            "quartiles": [round(timed[len(timed) // 4]), round(timed[3 * len(timed) // 4])],
        },
        "vocabulary": subwords.vocab_size,
        "batch_tokens": batch_tokens,
        "precision": precision,
        "threads": threads,
        "updates": updates,
        "torch": torch.__version__,
        "processor": platform.processor() or platform.machine(),
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    typer.run(main)
