"""All that `nmt bench` measures of a model, in one report."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.benchmark.rates import Process, Spread, decoding_rate, latencies, process, training_rate
from nmt.benchmark.roofline import decoding_operations, matrix_rates, training_operations
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.decoding.model import TranslationModel, load_translator
from nmt.model_folder.contents import read_description
from nmt.model_folder.store import open_folder
from nmt.models.translator import ModelConfig
from nmt.threads import default_threads
from nmt.training.config import TrainingConfig

BEAMS = 1, 5
LATENCY_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Something a second, and its share of what the matrix products alone would allow."""

    rate: Spread
    share_of_floor: float


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Milliseconds for a line by itself, warm."""

    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class BenchReport:
    """How fast a model is here."""

    model: str
    processor: str
    threads: int
    matrix_rates: Mapping[str, float]  # operations a second
    training: Rate | None  # target subwords a second
    decoding: Mapping[int, Rate]  # by beam size: lines a second
    latency: Mapping[int, Latency]
    process: Process  # one line, from start to exit


def bench(
    path: Path, lines: Sequence[str], corpus: TokenizedCorpus | None, training: TrainingConfig, runs: int
) -> BenchReport:
    """Measure the model at path: training on corpus, if any, for training.max_updates updates; translating lines."""
    threads = default_threads()
    started = process(path, lines[0], runs)
    model = load_translator([path])
    about = read_description(open_folder(path))
    floor = matrix_rates(threads)
    vocabulary = model.target_tokenizer.vocab_size
    trained = None
    if corpus is not None:
        sizes = model.source_tokenizer.vocab_size, vocabulary
        rate = training_rate(ModelConfig(**about["model"]), corpus, training, sizes)
        source_length = float(corpus.source_lengths.mean() / corpus.target_lengths.mean())
        operations = training_operations(about["model"], vocabulary, source_length)
        floors = floor if training.threads in (0, threads) else matrix_rates(training.threads)
        best = floors["float32" if training.precision == "float32" else "bfloat16"] / operations
        trained = Rate(rate=rate, share_of_floor=rate.median / best)
    return BenchReport(
        model=str(path),
        processor=platform.processor() or platform.machine(),
        threads=threads,
        matrix_rates=floor,
        training=trained,
        decoding={beam: _decoding(model, about["model"], lines, beam, runs, floor["int8"]) for beam in BEAMS},
        latency={beam: _latency(model, lines, beam) for beam in BEAMS},
        process=started,
    )


def _decoding(
    model: TranslationModel, config: Mapping[str, int], lines: Sequence[str], beam: int, runs: int, floor: float
) -> Rate:
    """The floor counts a target as long as its source, and that many rows a step as the beam has."""
    rate = decoding_rate(model, lines, beam, runs)
    length = sum(len(model.source_tokenizer.encode(line)) + 1 for line in lines) / len(lines)
    vocabulary = model.target_tokenizer.vocab_size
    steps = length * beam * decoding_operations(config, vocabulary)
    reading = decoding_operations(config, vocabulary, length) - decoding_operations(config, vocabulary)
    return Rate(rate=rate, share_of_floor=rate.median * (steps + reading) / floor)


def _latency(model: TranslationModel, lines: Sequence[str], beam: int) -> Latency:
    p50, p95 = latencies(model, lines[:LATENCY_LINES], beam)
    return Latency(p50=1000 * p50, p95=1000 * p95)
