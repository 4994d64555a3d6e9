"""`nmt bench`: how fast a model trains and translates on this machine, relative to its speed at matrix products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nmt.benchmark.rates import Process, Spread, decoding_rate, latencies, process, training_rate
from nmt.benchmark.roofline import decoding_operations, matrix_rates, training_operations
from nmt.config import Config
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.decoding.model import TranslationModel
from nmt.errors import DataError
from nmt.io.lines import read_file
from nmt.model_folder.descriptions import read_description
from nmt.model_folder.store import open_folder
from nmt.models.config import ModelConfig
from nmt.processor import this_processor
from nmt.stages.model_corpus import tokenize_for_model
from nmt.stages.models import load_models, model_directions
from nmt.stages.paths import split_file
from nmt.threads import default_threads
from nmt.training.config import TrainingConfig

BEAMS = 1, 5
LATENCY_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate per second, and its share of the roofline: the rate if matrix products took all of the time."""

    rate: Spread
    share_of_roofline: float


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Milliseconds for a single line, after warm-up."""

    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class BenchReport:
    """How fast a model is on this machine."""

    model: str
    processor: str
    threads: int
    matrix_rates: Mapping[str, float]  # operations per second
    training: Rate | None  # target subwords per second
    decoding: Mapping[int, Rate]  # lines per second by beam size
    latency: Mapping[int, Latency]
    process: Process  # one line, from start to exit


def bench(
    *, config: Config, model: Path, data: Path, split: str = "test", runs: int = 5, updates: int = 30
) -> BenchReport:
    """Measure how fast a model trains on and translates the text of a prepared folder; 0 updates skip training."""
    source, _ = model_directions(model)[0]
    text = split_file(data, split, source)
    lines = [line for line in read_file(text) if line.strip()]
    if not lines:
        raise DataError(f"{text}: no line to translate; choose another --split")
    corpus = tokenize_for_model(model, data, config.training.max_length) if updates else None
    threads = default_threads()
    started = process(model, lines[0], runs)
    loaded = load_models(model)
    description = read_description(open_folder(model))
    roofline = matrix_rates(threads)
    trained = None
    if corpus is not None:
        training = replace(config.training, max_updates=updates)
        trained = _training(loaded, ModelConfig(**description["model"]), corpus, training, roofline, threads)
    return BenchReport(
        model=str(model),
        processor=str(this_processor()),
        threads=threads,
        matrix_rates=roofline,
        training=trained,
        decoding={beam: _decoding(loaded, description["model"], lines, beam, runs, roofline["int8"]) for beam in BEAMS},
        latency={beam: _latency(loaded, lines, beam) for beam in BEAMS},
        process=started,
    )


def _training(
    model: TranslationModel,
    config: ModelConfig,
    corpus: TokenizedCorpus,
    training: TrainingConfig,
    roofline: Mapping[str, float],
    threads: int,
) -> Rate:
    """The rate of training.max_updates updates; the given roofline is for this number of threads."""
    sizes = model.source_tokenizer.vocab_size, model.target_tokenizer.vocab_size
    rate = training_rate(config, corpus, training, sizes)
    source_length = float(corpus.source_lengths.mean() / corpus.target_lengths.mean())
    operations = training_operations(vars(config), sizes[1], source_length)
    reached = roofline if training.threads in (0, threads) else matrix_rates(training.threads)
    best = reached["float32" if training.precision == "float32" else "bfloat16"] / operations
    return Rate(rate=rate, share_of_roofline=rate.median / best)


def _decoding(
    model: TranslationModel, config: Mapping[str, int], lines: Sequence[str], beam: int, runs: int, roofline: float
) -> Rate:
    """The roofline assumes targets as long as their sources, and one row per hypothesis of the beam in each step."""
    rate = decoding_rate(model, lines, beam, runs)
    length = sum(len(model.source_tokenizer.encode(line)) + 1 for line in lines) / len(lines)
    vocabulary = model.target_tokenizer.vocab_size
    steps = length * beam * decoding_operations(config, vocabulary)
    reading = decoding_operations(config, vocabulary, length) - decoding_operations(config, vocabulary)
    return Rate(rate=rate, share_of_roofline=rate.median * (steps + reading) / roofline)


def _latency(model: TranslationModel, lines: Sequence[str], beam: int) -> Latency:
    p50, p95 = latencies(model, lines[:LATENCY_LINES], beam)
    return Latency(p50=1000 * p50, p95=1000 * p95)
