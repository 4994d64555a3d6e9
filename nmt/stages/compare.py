"""`nmt compare`: several systems on one test set, each against the first one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nmt.data.test_set import TestSet
from nmt.errors import ConfigError
from nmt.metrics.bleu import PairedScore, check_tokenizer, paired_scores, sentence_scores
from nmt.metrics.preservation import Item, LostItem, find_items, lost_items
from nmt.stages.pages import comparison_sections, write_page
from nmt.stages.systems import (
    Output,
    line_texts,
    read_output,
    scoring_language,
    target_language,
    tell_doubts,
    translate_test_set,
)

TIE = 1e-9  # chrF++ points; differences from the order of summation are smaller


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sentence on which two systems differ: source, references and both translations, by name."""

    line: int  # counted from 1
    gain: float  # chrF++ points, of the system over the baseline
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class WorseLine:
    """A line that became worse."""

    line: int  # counted from 1
    gain: float  # chrF++ points, below 0


@dataclass(frozen=True, kw_only=True)
class PairwiseComparison:
    """A system against the baseline: sentences that are better, worse and equal by chrF++, and the most different.

    Regressions are the lines that became worse, and what came through in the baseline's translations and not in the
    system's, judged as `nmt evaluate` judges it.
    """

    system: str
    wins: int
    losses: int
    ties: int
    examples: Sequence[Example]
    worse: Sequence[WorseLine]  # the greatest loss first
    lost: Sequence[LostItem]  # none without sources, as for the next
    gained: Sequence[LostItem]  # what the baseline lacks and the system has


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
    html: Path | None = None,
    device: str = "cpu",
    warn: Callable[[str], None] = lambda message: None,
) -> Comparison:
    """Compare systems, files of hypotheses or model folders, with the first; warn receives doubts about the scores.

    html is a file for a report to look at.
    """
    check_tokenizer(tokenize)
    if len(set(systems)) < max(2, len(systems)):
        raise ConfigError("compare: name two systems or more, each once")
    ready = {system: read_output(system, test_set) for system in systems if not system.is_dir()}
    language = target_language(test_set, [system for system in systems if system not in ready])
    outputs = [ready.get(system) or translate_test_set(system, test_set, device=device) for system in systems]
    comparison = compare_outputs(
        outputs,
        test_set,
        test=test,
        trials=trials,
        examples=examples,
        lowercase=lowercase,
        tokenize=tokenize,
        language=language,
        warn=warn,
    )
    if html is not None:
        sections = comparison_sections(comparison, outputs, test_set, lowercase=lowercase)
        write_page(html, f"{' and '.join(output.system for output in outputs)} on {test_set.name}", sections)
    return comparison


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
    items = [] if test_set.sources is None else find_items(test_set.sources, test_set.references)
    level = sentence_scores(baseline.lines, test_set.references, lowercase=lowercase)
    pairwise = []
    for output in others:
        reached = sentence_scores(output.lines, test_set.references, lowercase=lowercase)
        gains = [theirs - ours for ours, theirs in zip(level, reached, strict=True)]
        pairwise.append(_pairwise_comparison(baseline, output, gains, test_set, items, examples))
    return Comparison(
        test_set=test_set.name,
        sentences=len(baseline.lines),
        baseline=baseline.system,
        test=test,
        scores=scores,
        pairwise=pairwise,
    )


def _pairwise_comparison(
    baseline: Output,
    output: Output,
    gains: Sequence[float],
    test_set: TestSet,
    items: Sequence[Sequence[Item]],
    examples: int,
) -> PairwiseComparison:
    decided = [row for row in range(len(gains)) if abs(gains[row]) > TIE]
    wins = sum(gains[row] > 0 for row in decided)
    return PairwiseComparison(
        system=output.system,
        wins=wins,
        losses=len(decided) - wins,
        ties=len(gains) - len(decided),
        examples=[
            Example(line=row + 1, gain=gains[row], texts=line_texts(test_set, [baseline, output], row))
            for row in sorted(decided, key=lambda row: -abs(gains[row]))[:examples]
        ],
        worse=[
            WorseLine(line=row + 1, gain=gains[row])
            for row in sorted(decided, key=lambda row: gains[row])
            if gains[row] < 0
        ],
        lost=lost_items(items, output.lines, baseline.lines) if items else [],
        gained=lost_items(items, baseline.lines, output.lines) if items else [],
    )
