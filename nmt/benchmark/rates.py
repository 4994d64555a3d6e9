"""Rates of training and translation, the latency of a single sentence, and time and memory of a whole process."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.decoding.model import TranslationModel
from nmt.decoding.translator import translate_chunks
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.training.compute import configure_torch
from nmt.training.config import TrainingConfig
from nmt.training.loop import UpdateReport, Validation, run_updates
from nmt.training.state import TrainingState
from nmt.training.translation_task import total_updates, translation_task

_WARM_UP = 200  # updates that are not timed, at most an epoch's: they compile the matrix products that later ones use

# Runs a command in a process of its own, because a child's peak memory starts at that of its parent.
_MEASURE = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A quantity that was measured several times."""

    median: float
    low: float  # quartiles
    high: float


@dataclass(frozen=True, kw_only=True)
class Process:
    """Time and memory of `nmt translate` for one line, from start to exit."""

    seconds: Spread
    peak_bytes: int


def spread(values: Sequence[float]) -> Spread:
    """The median and the quartiles of some measurements."""
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 4], ordered[(3 * len(ordered)) // 4]
    return Spread(median=statistics.median(ordered), low=low, high=high)


def training_rate(
    model: ModelConfig, corpus: TokenizedCorpus, config: TrainingConfig, sizes: tuple[int, int]
) -> Spread:
    """Target subwords per second in config.max_updates updates of a new translator for vocabularies of these sizes.

    Sentence ends count, padding does not. The first 200 updates, or an epoch if it is shorter, are not timed. The time
    includes making batches, both passes, clipping and the optimizer.
    """
    configure_torch(config.threads)
    warm_up = min(_WARM_UP, total_updates(corpus, replace(config, epochs=1, max_updates=0)))
    updates = config.max_updates + warm_up
    settings = replace(config, max_updates=updates, validate_every=updates + 1, epochs=updates)
    network = TranslationNetwork(model, *sizes, shared=sizes[0] == sizes[1])
    state = TrainingState.start(network, settings.optimizer, settings.weight_decay, averaged=settings.ema_decay > 0)
    unseen = Validation(score=0.0, figures={})
    task = translation_task(corpus, settings, validate=lambda network: unseen, save=lambda state, validation: None)
    rates, start = [], time.perf_counter()
    for event in run_updates(state, task):
        if isinstance(event, UpdateReport):
            rates.append(event.tokens / (time.perf_counter() - start))
        start = time.perf_counter()
    return spread(rates[warm_up:])


def decoding_rate(model: TranslationModel, lines: Sequence[str], beam_size: int, runs: int) -> Spread:
    """Lines per second, including tokenization and detokenization, in runs over all lines after an untimed one."""
    config = replace(model.search, beam_size=beam_size, n_best=1)
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        list(translate_chunks(model, [lines], config))
        seconds.append(time.perf_counter() - start)
    return spread([len(lines) / second for second in seconds[1:]])


def latencies(model: TranslationModel, lines: Sequence[str], beam_size: int) -> tuple[float, float]:
    """Seconds for a single line, after warm-up: the median and the 95th percentile."""
    config = replace(model.search, beam_size=beam_size, n_best=1)
    seconds = []
    for line in [*lines[:10], *lines]:
        start = time.perf_counter()
        list(translate_chunks(model, [[line]], config))
        seconds.append(time.perf_counter() - start)
    ordered = sorted(seconds[10:])
    return statistics.median(ordered), ordered[len(ordered) * 95 // 100]


def process(model: Path, line: str, runs: int) -> Process:
    """Time and memory of `echo LINE | nmt translate --model MODEL`, in runs after an untimed one."""
    command = [sys.executable, "-c", _MEASURE, sys.executable, "-m", "nmt", "translate", "--model", str(model)]
    seconds, peak = [], 0
    for _ in range(runs + 1):
        measured = subprocess.run(command, input=f"{line}\n".encode(), stdout=subprocess.PIPE, check=True)
        second, kilobytes = map(float, measured.stdout.split())
        seconds.append(second)
        peak = max(peak, int(kilobytes) * (1 if sys.platform == "darwin" else 1024))
    return Process(seconds=spread(seconds[1:]), peak_bytes=peak)
