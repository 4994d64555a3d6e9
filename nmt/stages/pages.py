"""Reports to look at: what stages found out, as the sections of an HTML page."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from nmt import __version__
from nmt.data.ner_corpus import TaggedSentence
from nmt.data.test_set import TestSet
from nmt.decoding.explain import Explanation, explain_lines
from nmt.decoding.model import EngineName, TranslationModel
from nmt.io.lines import write_file
from nmt.metrics.bleu import sentence_scores
from nmt.metrics.breakdown import scores_by_length, word_gains, words_by_rarity
from nmt.metrics.preservation import find_items, lost_items
from nmt.protection.word_statistics import NEVER
from nmt.report import comparison, scores, tagging
from nmt.report.html import page
from nmt.report.sentences import LONGEST, ShownSentence, sentence_section
from nmt.report.training import read_curves, training_section
from nmt.stages.models import Models, load_models
from nmt.stages.systems import Output, scoring_language
from nmt.text.unspaced import is_unspaced
from nmt.training.log import LOG

if TYPE_CHECKING:
    from nmt.stages.compare import Comparison
    from nmt.stages.evaluate import Evaluation
    from nmt.stages.evaluate_tagger import TagEvaluation

SENTENCES = 30  # the worst, and as many at random
SIDE = 15  # sentences won and lost
SEED = 1  # of what is chosen at random: the same report for the same translations


def write_page(path: Path, title: str, sections: Sequence[Element]) -> None:
    """Write a report, all or nothing."""
    write_file(path, page(title, sections, note=f"Made by nmt {__version__}.").split("\n"))


def evaluation_sections(
    evaluation: "Evaluation",
    output: Output,
    test_set: TestSet,
    *,
    model: Models | None = None,
    search: Mapping[str, Any] | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
    lowercase: bool = False,
) -> list[Element]:
    """What an evaluation found; model is what made the translations, None for a file of them."""
    speed = f", {output.seconds:.1f} s" if output.seconds else ""
    made = [scores.score_section(evaluation.scores, f"{output.system}, {evaluation.sentences:,} sentences{speed}.")]
    if test_set.sources is not None:
        items = find_items(test_set.sources, test_set.references)
        made.append(scores.preservation_section(evaluation.preservation, lost_items(items, output.lines)))
    source, target = test_set.languages
    loaded = None
    if model is not None:
        loaded = load_models(model, source=source, target=target, device=device, engine=engine)
        loaded = replace(loaded, search=replace(loaded.search, **(search or {})))
        source, target = loaded.source, loaded.target
    made.append(_by_length(output, test_set, source, scoring_language(target, test_set)))
    if loaded is not None and loaded.statistics is not None and not is_unspaced(target):
        seen = loaded.statistics.of(target)
        buckets = words_by_rarity(output.lines, test_set.references[0], lambda word: seen.get(word, NEVER).pairs)
        made.append(
            scores.rarity_section(buckets, "Counted when the model was trained; of more than 16, to a power of 2.")
        )
    return made + _chosen_sentences(output, test_set, loaded, lowercase)


def comparison_sections(
    found: "Comparison", outputs: Sequence[Output], test_set: TestSet, *, lowercase: bool = False
) -> list[Element]:
    """What a comparison found, by pairs of systems."""
    chance = f"p is the chance of such a difference between equal systems, by paired {found.test}"
    facts = f"{found.sentences:,} sentences; {chance}."
    made = [scores.paired_section(found.scores, facts)]
    baseline, *others = outputs
    level = sentence_scores(baseline.lines, test_set.references, lowercase=lowercase)
    for pair, output in zip(found.pairwise, others, strict=True):
        reached = sentence_scores(output.lines, test_set.references, lowercase=lowercase)
        gains = [theirs - ours for ours, theirs in zip(level, reached, strict=True)]
        order = sorted(range(len(gains)), key=lambda row: gains[row])
        rows = [
            *(row for row in order[:SIDE] if gains[row] < 0),
            *(row for row in order[::-1][:SIDE] if gains[row] > 0),
        ]
        made += comparison.comparison_sections(
            output.system,
            baseline.system,
            (pair.wins, pair.losses, pair.ties),
            [
                comparison.ComparedSentence(
                    line=row + 1,
                    gain=gains[row],
                    source=None if test_set.sources is None else test_set.sources[row],
                    references=[lines[row] for lines in test_set.references],
                    baseline=baseline.lines[row],
                    system=output.lines[row],
                )
                for row in rows
            ],
            word_gains(output.lines, baseline.lines, test_set.references),
            pair.lost,
            pair.gained,
        )
    return made


def tagging_sections(
    evaluation: "TagEvaluation", gold: Sequence[TaggedSentence], found: Sequence[Sequence[str]]
) -> list[Element]:
    """What the evaluation of a tagger found, with sentences drawn from those that have mistakes."""
    wrong = [
        row for row, (sentence, tags) in enumerate(zip(gold, found, strict=True)) if list(sentence.tags) != list(tags)
    ]
    chosen = sorted(random.Random(SEED).sample(wrong, min(SENTENCES, len(wrong))))
    facts = f"{evaluation.sentences:,} sentences of {', '.join(evaluation.references)}, {evaluation.words:,} words."
    examples = [
        tagging.TaggedExample(number=row + 1, words=gold[row].words, gold=gold[row].tags, found=found[row])
        for row in chosen
    ]
    title = f"Names: {evaluation.system}"
    return [tagging.tagging_section(title, facts, evaluation.scores, evaluation.mistakes, examples)]


def training_sections(run: Path) -> list[Element]:
    """The curves of the trainings in a run folder: of a translator, of a tagger."""
    logs = sorted(run.glob(f"*{LOG}"), key=lambda path: (len(path.name), path.name))
    return [training_section(f"Training: {log.name.removesuffix('.jsonl')} of {run}", read_curves(log)) for log in logs]


def _by_length(output: Output, test_set: TestSet, source: str, language: str) -> Element:
    lines = test_set.references[0] if test_set.sources is None else test_set.sources
    side = "the reference" if test_set.sources is None else "the source"
    if is_unspaced(language if test_set.sources is None else source):
        lengths, unit = list(map(len, lines)), f"characters of {side}"
    else:
        lengths, unit = [len(line.split()) for line in lines], f"words of {side}"
    return scores.length_section(scores_by_length(output.lines, test_set.references, lengths, language=language), unit)


def _chosen_sentences(
    output: Output, test_set: TestSet, model: TranslationModel | None, lowercase: bool
) -> list[Element]:
    """The worst sentences and some at random, explained if there is a model."""
    reached = sentence_scores(output.lines, test_set.references, lowercase=lowercase)
    rows = [row for row in range(len(reached)) if any(lines[row].strip() for lines in test_set.references)]
    worst = sorted(rows, key=lambda row: reached[row])[:SENTENCES]
    drawn = sorted(random.Random(SEED).sample(rows, min(SENTENCES, len(rows))))
    explained = _explain(model, test_set.sources, {*worst, *drawn})

    def shown(row: int) -> ShownSentence:
        return ShownSentence(
            line=row + 1,
            score=reached[row],
            source=None if test_set.sources is None else test_set.sources[row],
            references=[lines[row] for lines in test_set.references],
            hypothesis=output.lines[row],
            explanation=explained.get(row),
        )

    note = "Marked are words of the translation that the first reference does not have there, and the other way round."
    return [
        sentence_section("The worst sentences", note, list(map(shown, worst))),
        sentence_section("Sentences drawn at random", note, list(map(shown, drawn))),
    ]


def _explain(model: TranslationModel | None, sources: Sequence[str] | None, rows: set[int]) -> dict[int, Explanation]:
    if model is None or sources is None:
        return {}
    chosen = [row for row in sorted(rows) if len(sources[row]) <= LONGEST]
    return dict(
        zip(chosen, explain_lines(model, [sources[row] for row in chosen], model.search, others=0), strict=True)
    )
