"""`nmt evaluate`: the scores of a model, or of finished translations, on a test set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.data.test_set import TestSet
from nmt.decoding.model import EngineName
from nmt.errors import ConfigError
from nmt.io.lines import write_file
from nmt.metrics.bleu import Score, as_in_papers, check_tokenizer, paper_score, score, sentence_scores
from nmt.metrics.preservation import ItemKind, LiteralRecall, Recall, find_items, literal_recall, recall_by_kind
from nmt.stages.models import Models, model_paths
from nmt.stages.pages import evaluation_sections, write_page
from nmt.stages.systems import (
    Output,
    line_texts,
    read_output,
    scoring_language,
    target_language,
    tell_doubts,
    translate_test_set,
)


@dataclass(frozen=True, kw_only=True)
class WorstSentence:
    """A sentence with a low score: source, references and translation, by name."""

    line: int  # counted from 1
    score: float  # chrF++
    texts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A system's scores on a test set."""

    system: str
    test_set: str
    sentences: int
    seconds: float | None
    scores: Sequence[Score]
    literal_recall: LiteralRecall | None  # None without sources
    preservation: Mapping[ItemKind, Recall]  # the same for each kind of item that the sources have
    worst: Sequence[WorstSentence]  # as many as were asked for, the worst first


def evaluate(
    *,
    test_set: TestSet,
    model: Models | None = None,
    hypotheses: Path | None = None,
    lowercase: bool = False,
    tokenize: str | None = None,
    bootstrap: int = 0,
    paper: Path | None = None,
    search: Mapping[str, Any] | None = None,
    output: Path | None = None,
    worst: int = 0,
    html: Path | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> Evaluation:
    """Score a model, between the test set's languages, or finished hypotheses.

    output is a file for the translations, html one for a report to look at; worst is how many of the worst sentences to
    tell; warn receives a line for each reason to doubt the scores.
    """
    if (model is None) == (hypotheses is None):
        raise ConfigError("name what to score: either --model DIR or --hypotheses FILE")
    check_tokenizer(tokenize)  # wrong options are reported before anything is translated
    paper_references = None if paper is None else read_output(paper, test_set).lines
    language = target_language(test_set, [] if model is None else model_paths(model))
    if paper is not None and not language:
        raise ConfigError("papers' scoring needs the language of the translations; name it with --target")
    if paper is not None:
        as_in_papers([], language)  # raises ConfigError if sacremoses is not installed
    if hypotheses is not None:
        translations = read_output(hypotheses, test_set)
    elif model is not None:
        translations = translate_test_set(model, test_set, search=search, device=device, engine=engine)
    if output is not None:
        write_file(output, translations.lines)
    evaluation = score_output(
        translations,
        test_set,
        lowercase=lowercase,
        tokenize=tokenize,
        bootstrap=bootstrap,
        paper_references=paper_references,
        language=language,
        worst=worst,
        warn=warn,
    )
    if html is not None:
        sections = evaluation_sections(
            evaluation,
            translations,
            test_set,
            model=model,
            search=search,
            device=device,
            engine=engine,
            lowercase=lowercase,
        )
        write_page(html, f"{translations.system} on {test_set.name}", sections)
    return evaluation


def score_output(
    output: Output,
    test_set: TestSet,
    *,
    lowercase: bool = False,
    tokenize: str | None = None,
    bootstrap: int = 0,
    paper_references: Sequence[str] | None = None,
    language: str = "",
    worst: int = 0,
    warn: Callable[[str], None] = lambda message: None,
) -> Evaluation:
    """Score a system; with paper_references also as papers do, for which the language must be given."""
    scores = score(
        output.lines,
        test_set.references,
        lowercase=lowercase,
        tokenize=tokenize,
        language=scoring_language(language, test_set),
        bootstrap=bootstrap,
    )
    tell_doubts([output], {output.system: scores[0].value}, test_set, tokenised=tokenize == "none", warn=warn)
    if paper_references is not None:
        scores.append(paper_score(output.lines, [paper_references], language))
    items = [] if test_set.sources is None else find_items(test_set.sources, test_set.references)
    return Evaluation(
        system=output.system,
        test_set=test_set.name,
        sentences=len(output.lines),
        seconds=output.seconds,
        scores=scores,
        literal_recall=None if test_set.sources is None else literal_recall(test_set.sources, output.lines),
        preservation=recall_by_kind(items, output.lines) if items else {},
        worst=_worst(output, test_set, worst, lowercase=lowercase),
    )


def _worst(output: Output, test_set: TestSet, count: int, *, lowercase: bool) -> list[WorstSentence]:
    scores = sentence_scores(output.lines, test_set.references, lowercase=lowercase) if count else []
    return [
        WorstSentence(line=row + 1, score=scores[row], texts=line_texts(test_set, [output], row))
        for row in sorted(range(len(scores)), key=lambda row: scores[row])[:count]
    ]
