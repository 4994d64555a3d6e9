"""`nmt evaluate-tagger`: the scores, confusions and most frequent mistakes of a tagger on tagged sentences."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.data.ner_corpus import TaggedSentence, read_tagged_corpora
from nmt.data.sentence import locate
from nmt.decoding.model import EngineName
from nmt.decoding.tagger import TaggingModel, best_tags, load_tagger
from nmt.errors import ConfigError, DataError
from nmt.metrics.spans import Mistake, SpanScores, frequent_mistakes, score_spans
from nmt.stages.pages import tagging_sections, write_page
from nmt.text.detokenizer import detokenize


@dataclass(frozen=True, kw_only=True)
class TagEvaluation:
    """How well the names in tagged sentences were found: exact spans, by conlleval's rules."""

    system: str
    references: Sequence[str]  # the corpora of tagged sentences
    sentences: int
    words: int
    seconds: float | None  # that the tagger took, without loading it; None for finished tags
    scores: SpanScores
    mistakes: Sequence[Mistake]


def evaluate_tagger(
    *,
    references: Sequence[str],
    model: Path | None = None,
    hypotheses: Sequence[str] = (),
    mistakes: int = 10,
    html: Path | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
) -> TagEvaluation:
    """Score a tagger, or finished tags, against tagged sentences; labels are mapped as in the tagger's training.

    html is a file for a report to look at.
    """
    evaluation, gold, found = tag_and_score(
        references=references, model=model, hypotheses=hypotheses, mistakes=mistakes, device=device, engine=engine
    )
    if html is not None:
        title = f"{evaluation.system} on {', '.join(references)}"
        write_page(html, title, tagging_sections(evaluation, gold, found))
    return evaluation


def tag_and_score(
    *,
    references: Sequence[str],
    model: Path | None = None,
    hypotheses: Sequence[str] = (),
    mistakes: int = 10,
    device: str = "cpu",
    engine: EngineName = "auto",
) -> tuple[TagEvaluation, list[TaggedSentence], list[Sequence[str]]]:
    """The same, with the gold sentences and the tags that were found for each."""
    if bool(model) == bool(hypotheses):
        raise ConfigError("name what to score: either --model DIR or --hypotheses FILE")
    seconds = None
    if model is None:
        gold = read_tagged_corpora(references)
        found = _ready_tags(hypotheses, gold)
    else:
        loaded = load_tagger(model, device, engine)
        gold = read_tagged_corpora(references, loaded.labels)
        started = time.perf_counter()
        found = _tag(loaded, gold)
        seconds = time.perf_counter() - started
    words, tags = [sentence.words for sentence in gold], [sentence.tags for sentence in gold]
    evaluation = TagEvaluation(
        system=", ".join(hypotheses) or str(model),
        references=references,
        sentences=len(gold),
        words=sum(map(len, words)),
        seconds=seconds,
        scores=score_spans(tags, found),
        mistakes=frequent_mistakes(words, tags, found, mistakes),
    )
    return evaluation, gold, found


def _tag(model: TaggingModel, gold: Sequence[TaggedSentence]) -> list[Sequence[str]]:
    """A tagger's tags for the words of gold sentences, which it reads detokenized."""
    found = best_tags(model, [locate(model.tokenizer, *detokenize(sentence.words)) for sentence in gold])
    return [tags for tags, _ in found]


def _ready_tags(hypotheses: Sequence[str], gold: Sequence[TaggedSentence]) -> list[Sequence[str]]:
    """The tags in corpora of hypotheses. Raises DataError unless their words are those of the gold sentences."""
    found = read_tagged_corpora(hypotheses)
    if len(found) != len(gold):
        raise DataError(
            f"the hypotheses have {len(found)} sentences, the references {len(gold)}; give the same sentences"
        )
    for number, (hypothesis, sentence) in enumerate(zip(found, gold, strict=True), start=1):
        if hypothesis.words != sentence.words:
            raise DataError(
                f"sentence {number} of the hypotheses has other words than in the references; give the same sentences"
            )
    return [hypothesis.tags for hypothesis in found]
