"""How well names are found: scores by type, confusions, the most frequent mistakes, and sentences with mistakes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nmt.metrics.spans import Mistake, Outcome, SpanScore, SpanScores, outcomes
from nmt.report.charts import bar
from nmt.report.html import Content, details, element, section, table, text
from nmt.report.sentences import named_texts

_CLASSES: dict[Outcome, str] = {"right": "good", "missed": "bad", "invented": "bad"}  # the others are odd


@dataclass(frozen=True, kw_only=True)
class TaggedExample:
    """A sentence with the tags that it should have and those that were found."""

    number: int  # of the sentence, counted from 1
    words: Sequence[str]
    gold: Sequence[str]
    found: Sequence[str]


def tagging_section(
    title: str, facts: str, scores: SpanScores, mistakes: Sequence[Mistake], examples: Sequence[TaggedExample]
) -> Element:
    """The scores of a tagger and its mistakes; facts is a sentence on what was scored."""
    confusion = scores.confusion
    counted: list[tuple[str, int]] = [
        ("right", confusion.right),
        ("of another type", confusion.wrong_type),
        ("with another boundary", confusion.wrong_boundary),
        ("with both wrong", confusion.wrong_type_and_boundary),
        ("missed", confusion.missed),
        ("invented", confusion.invented),
    ]
    most = max(count for _, count in counted)
    return section(
        title,
        element("p", facts),
        table(
            ["type", "precision", "recall", "F1", "", "gold", "found", "right"],
            [_row("all", scores.micro), *(_row(name, score) for name, score in sorted(scores.types.items()))],
            caption="exact spans, by conlleval's rules",
        ),
        table(
            ["names", "", ""], [[name, f"{count:,}", bar(count, most)] for name, count in counted], caption="outcomes"
        ),
        _confusions(scores),
        table(["times", "gold", "found as"], map(_mistake, mistakes), caption="most frequent mistakes")
        if mistakes
        else None,
        details(
            f"{len(examples)} sentences with mistakes",
            element(
                "p", "Names as they should be, and as they were found: right, missed or invented, otherwise wrong."
            ),
            map(_example, examples),
        )
        if examples
        else None,
    )


def _row(name: str, score: SpanScore) -> list[Content]:
    figures = [f"{value:.2f}" for value in (score.precision, score.recall, score.f1)]
    return [name, *figures, bar(score.f1), f"{score.gold:,}", f"{score.predicted:,}", f"{score.right:,}"]


def _confusions(scores: SpanScores) -> Element | None:
    types = sorted(scores.confusion.types)
    if len(types) < 2:
        return None
    rows = [[gold, *(f"{scores.confusion.types[gold][found]:,}" for found in types)] for gold in types]
    return table(["gold \\ found", *types], rows, caption="types of names whose words were found exactly")


def _mistake(mistake: Mistake) -> list[Content]:
    sides = [(mistake.gold_text, mistake.gold_type), (mistake.predicted_text, mistake.predicted_type)]
    return [
        f"{mistake.count:,}",
        *(text("nothing" if words is None else f"{words} ({type_})") for words, type_ in sides),
    ]


def _example(example: TaggedExample) -> Element:
    found = outcomes(example.gold, example.found)
    gold = {(span.start, span.end, span.type): outcome for outcome, span, _ in found if span}
    predicted = {(span.start, span.end, span.type): outcome for outcome, _, span in found if span}
    pairs = [("gold", list(_marked(example.words, gold))), ("found", list(_marked(example.words, predicted)))]
    return element("article", element("h3", f"sentence {example.number:,}"), named_texts(*pairs))


def _marked(words: Sequence[str], spans: dict[tuple[int, int, str], Outcome]) -> Iterator[Content]:
    """Words with the names among them marked by what became of them."""
    place = 0
    for (start, end, type_), outcome in sorted(spans.items()):
        yield " ".join([*words[place:start], ""])
        name = " ".join(words[start:end])
        yield element("mark", name, element("small", type_), class_=_CLASSES.get(outcome, "odd"), title=outcome)
        yield " "
        place = end
    yield " ".join(words[place:])
