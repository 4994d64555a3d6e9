"""Single sentences: what differs from the reference is marked, and attention is drawn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from xml.etree.ElementTree import Element

from nmt.decoding.explain import Explanation
from nmt.report.charts import heatmap
from nmt.report.html import Content, details, element, section, table, text

LONGEST = 2000  # characters of a line that are shown
MOST_WORDS = 400  # of a line whose differences are marked: to find them takes time by the product of the lengths

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class ShownSentence:
    """A line of a test set with its translation."""

    line: int  # counted from 1
    score: float  # chrF++
    source: str | None
    references: Sequence[str]
    hypothesis: str
    explanation: Explanation | None  # None for finished translations


def sentence_section(title: str, note: str, sentences: Sequence[ShownSentence]) -> Element:
    """Sentences one below the other."""
    return section(title, element("p", note), map(_sentence, sentences))


def named_texts(*pairs: tuple[str, Sequence[Content]]) -> Element:
    """Texts beside their names."""
    return element(
        "dl", (part for name, content in pairs for part in (element("dt", name), element("dd", content, dir="auto")))
    )


def marked(shown: str, other: str, class_: str) -> list[Content]:
    """A text in which the words are marked that another one does not have at that place."""
    shown, other = shortened(shown), shortened(other)
    tokens, others = _TOKEN.findall(shown), [token for token in _TOKEN.findall(other) if not token.isspace()]
    words = [token for token in tokens if not token.isspace()]
    if max(len(words), len(others)) > MOST_WORDS:
        return [shown]
    same = set[int]()
    for block in SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks():
        same.update(range(block.a, block.a + block.size))
    return [element("mark", part, class_=class_) if differs else part for part, differs in _runs(tokens, same)]


def shortened(line: str) -> str:
    """A line as far as it is shown."""
    return line if len(line) <= LONGEST else line[:LONGEST] + " …"


def _runs(tokens: Sequence[str], same: set[int]) -> list[tuple[str, bool]]:
    """Texts in a row, and whether they differ: a space between two words that differ belongs to them."""
    flags: list[bool] = []
    number = 0
    for token in tokens:
        flags.append(False if token.isspace() else number not in same)
        number += not token.isspace()
    for place in range(1, len(tokens) - 1):
        flags[place] = flags[place] or (tokens[place].isspace() and flags[place - 1] and flags[place + 1])
    pairs = zip(tokens, flags, strict=True)
    return [("".join(token for token, _ in run), differs) for differs, run in groupby(pairs, key=lambda pair: pair[1])]


def _sentence(sentence: ShownSentence) -> Element:
    pairs: list[tuple[str, Sequence[Content]]] = []
    if sentence.source is not None:
        pairs.append(("source", [shortened(sentence.source)]))
    for number, reference in enumerate(sentence.references, start=1):
        name = "reference" if len(sentence.references) == 1 else f"reference {number}"
        pairs.append((name, marked(reference, sentence.hypothesis, "good") if number == 1 else [shortened(reference)]))
    pairs.append(("translation", marked(sentence.hypothesis, sentence.references[0], "bad")))
    return element(
        "article",
        element("h3", f"line {sentence.line:,}: {sentence.score:.1f} chrF++"),
        named_texts(*pairs),
        None if sentence.explanation is None else explained(sentence.explanation),
    )


def explained(explanation: Explanation, *, open_: bool = False) -> list[Element]:
    """What was protected, what looks wrong, and where attention was."""
    best = explanation.translation.alternatives[0]
    rows = [[text(item.text), item.kind, item.status] for item in best.items]
    flags = f", flags: {' '.join(best.flags)}" if best.flags else ""
    pictures = [
        heatmap(
            [f"{written.piece} {100 * written.probability:.0f}%" for written in segment.target],
            segment.source,
            segment.attention.tolist(),
            f"attention of {len(segment.target)} subwords written over {len(segment.source)} read",
        )
        for segment in explanation.segments
    ]
    legend = [
        element("p", f"{item.symbol} stands for ", text(item.text))
        for each in explanation.segments
        for item in each.items
    ]
    if not pictures:
        return []
    return [
        details(
            f"attention, confidence {best.confidence:.2f}{flags}",
            table(["protected", "kind", "became"], rows, caption="what was to come through") if rows else None,
            legend,
            pictures,
            open_=open_,
        )
    ]
