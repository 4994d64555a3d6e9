"""`nmt compare`: several systems on one test set, each against the first one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nmt.data.test_set import TestSet
from nmt.errors import ConfigError
from nmt.metrics.bleu import PairedScore, check_tokenizer, paired_scores, sentence_scores
from nmt.stages.systems import Output, read_output, scoring_language, target_language, tell_doubts, translate_test_set

TIE = 1e-9  # chrF++ points; differences from the order of summation are smaller


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sentence on which two systems differ: source, references and both translations, by name."""

    line: int  # counted from 1
    gain: float  # chrF++ points, of the system over the baseline
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PairwiseComparison:
    """A system against the baseline: sentences that are better, worse and equal by chrF++, and the most different."""

    system: str
    wins: int
    losses: int
    ties: int
    examples: Sequence[Example]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Systems on a test set: scores with their significance, and each system against the baseline, the first one."""

    test_set: str
    sentences: int
    baseline: str
    test: str
    scores: Sequence[PairedScore]
    pairwise: Sequence[PairwiseComparison]


def compare(
    *,
    test_set: TestSet,
    systems: Sequence[Path],
    test: Literal["bootstrap", "randomization"] = "bootstrap",
    trials: int = 0,
    examples: int = 0,
    lowercase: bool = False,
    tokenize: str | None = None,
    device: str = "cpu",
    warn: Callable[[str], None] = lambda message: None,
) -> Comparison:
    """Compare systems, files of hypotheses or model folders, with the first; warn receives doubts about the scores."""
    check_tokenizer(tokenize)
    if len(set(systems)) < max(2, len(systems)):
        raise ConfigError("compare: name two systems or more, each once")
    ready = {system: read_output(system, test_set) for system in systems if not system.is_dir()}
    language = target_language(test_set, [system for system in systems if system not in ready])
    return compare_outputs(
        [ready.get(system) or translate_test_set(system, test_set, device=device) for system in systems],
        test_set,
        test=test,
        trials=trials,
        examples=examples,
        lowercase=lowercase,
        tokenize=tokenize,
        language=language,
        warn=warn,
    )


def compare_outputs(
    outputs: Sequence[Output],
    test_set: TestSet,
    *,
    test: Literal["bootstrap", "randomization"] = "bootstrap",
    trials: int = 0,
    examples: int = 0,
    lowercase: bool = False,
    tokenize: str | None = None,
    language: str = "",
    warn: Callable[[str], None] = lambda message: None,
) -> Comparison:
    """Compare systems with the first one; examples is the number of sentences to show for each."""
    scores = paired_scores(
        {output.system: output.lines for output in outputs},
        test_set.references,
        test=test,
        trials=trials,
        lowercase=lowercase,
        tokenize=tokenize,
        language=scoring_language(language, test_set),
    )
    bleu = {found.system: found.value for found in scores if found.name == "BLEU"}
    tell_doubts(outputs, bleu, test_set, tokenised=tokenize == "none", warn=warn)
    baseline, *others = outputs
    level = sentence_scores(baseline.lines, test_set.references, lowercase=lowercase)
    pairwise = []
    for output in others:
        reached = sentence_scores(output.lines, test_set.references, lowercase=lowercase)
        gains = [theirs - ours for ours, theirs in zip(level, reached, strict=True)]
        pairwise.append(_pairwise_comparison(baseline, output, gains, test_set, examples))
    return Comparison(
        test_set=test_set.name,
        sentences=len(baseline.lines),
        baseline=baseline.system,
        test=test,
        scores=scores,
        pairwise=pairwise,
    )


def _pairwise_comparison(
    baseline: Output, output: Output, gains: Sequence[float], test_set: TestSet, examples: int
) -> PairwiseComparison:
    texts: dict[str, Sequence[str]] = {} if test_set.sources is None else {"source": test_set.sources}
    texts |= {f"reference {number}": lines for number, lines in enumerate(test_set.references, start=1)}
    texts |= {baseline.system: baseline.lines, output.system: output.lines}
    decided = [row for row in range(len(gains)) if abs(gains[row]) > TIE]
    wins = sum(gains[row] > 0 for row in decided)
    return PairwiseComparison(
        system=output.system,
        wins=wins,
        losses=len(decided) - wins,
        ties=len(gains) - len(decided),
        examples=[
            Example(line=row + 1, gain=gains[row], texts={name: lines[row] for name, lines in texts.items()})
            for row in sorted(decided, key=lambda row: -abs(gains[row]))[:examples]
        ],
    )
