"""Systems on a benchmark: the scores of one, or several compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nmt.data.test_set import Benchmark
from nmt.errors import DataError
from nmt.metrics.bleu import PairedScore, Score, paper_score, score, sentence_scores
from nmt.metrics.bleu import compare as compare_scores
from nmt.metrics.preservation import Survival, survival

TIE = 1e-9  # chrF++ points; sums in another order differ by less


@dataclass(frozen=True, kw_only=True)
class Output:
    """A system's translations of a benchmark."""

    system: str
    lines: Sequence[str]
    seconds: float | None = None  # that a model took to translate, loading aside


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A system's scores on a benchmark."""

    system: str
    benchmark: str
    sentences: int
    seconds: float | None
    scores: Sequence[Score]
    survival: Survival | None  # None without sources


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sentence on which two systems differ: source, references and both translations, by name."""

    line: int  # counted from 1
    gain: float  # chrF++ points, of the system over the baseline
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Duel:
    """A system against the baseline: sentences better, worse and as good by chrF++, and those that differ most."""

    system: str
    wins: int
    losses: int
    ties: int
    examples: Sequence[Example]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Systems on a benchmark: scores with their significance, and each against the baseline, the first of them."""

    benchmark: str
    sentences: int
    baseline: str
    test: str
    scores: Sequence[PairedScore]
    duels: Sequence[Duel]


def check_lengths(output: Output, benchmark: Benchmark) -> None:
    """Raise DataError unless there is one line for each of the benchmark's."""
    lines = len(benchmark.references[0])
    if len(output.lines) != lines:
        raise DataError(
            f"{output.system} has {len(output.lines)} lines, but {benchmark.name} has {lines}; "
            "line i of one must translate line i of the other: find the missing line"
        )


def evaluate(
    output: Output,
    benchmark: Benchmark,
    *,
    lowercase: bool = False,
    tokenize: str | None = None,
    bootstrap: int = 0,
    paper_references: Sequence[str] | None = None,
    language: str = "",
) -> Evaluation:
    """Score a system; with paper_references also as papers do, which need the language of the translations."""
    scores = score(output.lines, benchmark.references, lowercase=lowercase, tokenize=tokenize, bootstrap=bootstrap)
    if paper_references is not None:
        scores.append(paper_score(output.lines, [paper_references], language))
    return Evaluation(
        system=output.system,
        benchmark=benchmark.name,
        sentences=len(output.lines),
        seconds=output.seconds,
        scores=scores,
        survival=None if benchmark.sources is None else survival(benchmark.sources, output.lines),
    )


def compare(
    outputs: Sequence[Output],
    benchmark: Benchmark,
    *,
    test: Literal["bootstrap", "randomization"] = "bootstrap",
    trials: int = 0,
    examples: int = 0,
    lowercase: bool = False,
    tokenize: str | None = None,
) -> Comparison:
    """Compare systems with the first of them, showing for each as many examples as asked for."""
    scores = compare_scores(
        {output.system: output.lines for output in outputs},
        benchmark.references,
        test=test,
        trials=trials,
        lowercase=lowercase,
        tokenize=tokenize,
    )
    baseline, *others = outputs
    level = sentence_scores(baseline.lines, benchmark.references, lowercase=lowercase)
    duels = []
    for output in others:
        reached = sentence_scores(output.lines, benchmark.references, lowercase=lowercase)
        gains = [theirs - ours for ours, theirs in zip(level, reached, strict=True)]
        duels.append(_duel(baseline, output, gains, benchmark, examples))
    return Comparison(
        benchmark=benchmark.name,
        sentences=len(baseline.lines),
        baseline=baseline.system,
        test=test,
        scores=scores,
        duels=duels,
    )


def _duel(baseline: Output, output: Output, gains: Sequence[float], benchmark: Benchmark, examples: int) -> Duel:
    texts: dict[str, Sequence[str]] = {} if benchmark.sources is None else {"source": benchmark.sources}
    texts |= {f"reference {number}": lines for number, lines in enumerate(benchmark.references, start=1)}
    texts |= {baseline.system: baseline.lines, output.system: output.lines}
    decided = [row for row in range(len(gains)) if abs(gains[row]) > TIE]
    wins = sum(gains[row] > 0 for row in decided)
    return Duel(
        system=output.system,
        wins=wins,
        losses=len(decided) - wins,
        ties=len(gains) - len(decided),
        examples=[
            Example(line=row + 1, gain=gains[row], texts={name: lines[row] for name, lines in texts.items()})
            for row in sorted(decided, key=lambda row: -abs(gains[row]))[:examples]
        ],
    )
