"""A tagger on tagged sentences: its scores, what it takes for what, and its most frequent mistakes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.data.ner_corpus import TaggedSentence
from nmt.data.sentence import locate
from nmt.decoding.tagger import TaggingModel, best_tags
from nmt.errors import DataError
from nmt.metrics.spans import Mistake, SpanScores, frequent_mistakes, score_spans
from nmt.text.detokenizer import spaced


@dataclass(frozen=True, kw_only=True)
class TagEvaluation:
    """How well the names of tagged sentences were found: exact spans, by conlleval's rules."""

    system: str
    sentences: int
    words: int
    seconds: float | None  # that a tagger took, loading aside
    scores: SpanScores
    mistakes: Sequence[Mistake]


def evaluate_tagger(
    model: TaggingModel, name: str, gold: Sequence[TaggedSentence], *, mistakes: int = 10
) -> TagEvaluation:
    """Tag the words of gold sentences, in natural spacing, and score the tags."""
    started = time.perf_counter()
    found = best_tags(model, [locate(model.tokenizer, *spaced(sentence.words)) for sentence in gold])
    seconds = time.perf_counter() - started
    return _evaluation(name, [tags for tags, _ in found], gold, seconds, mistakes)


def evaluate_tags(
    hypotheses: Sequence[TaggedSentence], gold: Sequence[TaggedSentence], *, mistakes: int = 10
) -> TagEvaluation:
    """Score ready tags; DataError unless they are of the same words."""
    if len(hypotheses) != len(gold):
        raise DataError(
            f"the hypotheses have {len(hypotheses)} sentences, the references {len(gold)}; give the same ones"
        )
    for number, (hypothesis, sentence) in enumerate(zip(hypotheses, gold, strict=True), start=1):
        if hypothesis.words != sentence.words:
            raise DataError(
                f"sentence {number} of the hypotheses has other words than in the references; give the same"
            )
    return _evaluation("hypotheses", [hypothesis.tags for hypothesis in hypotheses], gold, None, mistakes)


def _evaluation(
    name: str, found: Sequence[Sequence[str]], gold: Sequence[TaggedSentence], seconds: float | None, mistakes: int
) -> TagEvaluation:
    words, tags = [sentence.words for sentence in gold], [sentence.tags for sentence in gold]
    return TagEvaluation(
        system=name,
        sentences=len(gold),
        words=sum(map(len, words)),
        seconds=seconds,
        scores=score_spans(tags, found),
        mistakes=frequent_mistakes(words, tags, found, mistakes),
    )
