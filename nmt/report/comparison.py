"""One system against another: sentences won and lost, words right more or less often, and what is lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nmt.metrics.breakdown import WordGain
from nmt.metrics.preservation import LostItem
from nmt.report.html import Content, details, element, section, table, text
from nmt.report.sentences import marked, named_texts, shortened

MOST_WORDS = 20  # words that are listed on a side
MOST_ITEMS = 200  # items that are listed


@dataclass(frozen=True, kw_only=True)
class ComparedSentence:
    """A line of a test set, translated by two systems."""

    line: int  # counted from 1
    gain: float  # chrF++ points of the system over the baseline
    source: str | None
    references: Sequence[str]
    baseline: str
    system: str


def comparison_sections(
    system: str,
    baseline: str,
    counts: tuple[int, int, int],
    sentences: Sequence[ComparedSentence],
    words: Sequence[WordGain],
    lost: Sequence[LostItem],
    gained: Sequence[LostItem],
) -> list[Element]:
    """Sections on a system and a baseline: counts of sentences won, lost and tied; words, the greatest gain first."""
    wins, losses, ties = counts
    won = [each for each in sentences if each.gain > 0]
    worse = [each for each in sentences if each.gain < 0]
    return [
        section(
            f"{system} against {baseline}",
            element("p", f"Better in {wins:,} sentences, worse in {losses:,}, equal in {ties:,}, by chrF++."),
            element("p", "Marked are the words that the two systems do not have in common."),
        ),
        section("Sentences that became worse", [_sentence(each, system, baseline) for each in worse] or _none()),
        section("Sentences that became better", [_sentence(each, system, baseline) for each in won] or _none()),
        section(
            "Words",
            _words("right less often", [each for each in reversed(words) if each.gain < 0]),
            _words("right more often", [each for each in words if each.gain > 0]),
        ),
        section(
            "What no longer comes through",
            _items(lost, "kept by the baseline and not by the system")
            or element("p", "Nothing that the baseline keeps is lost."),
            details(f"{len(gained):,} items that only the system keeps", _items(gained, "kept by the system alone"))
            if gained
            else None,
        ),
    ]


def _sentence(sentence: ComparedSentence, system: str, baseline: str) -> Element:
    pairs: list[tuple[str, Sequence[Content]]] = []
    if sentence.source is not None:
        pairs.append(("source", [shortened(sentence.source)]))
    pairs += [("reference", [shortened(reference)]) for reference in sentence.references]
    better, worse = ("good", "bad") if sentence.gain > 0 else ("bad", "good")
    pairs.append((baseline, marked(sentence.baseline, sentence.system, worse)))
    pairs.append((system, marked(sentence.system, sentence.baseline, better)))
    return element(
        "article", element("h3", f"line {sentence.line:,}: {sentence.gain:+.1f} chrF++"), named_texts(*pairs)
    )


def _words(title: str, gains: Sequence[WordGain]) -> Element:
    rows: list[list[Content]] = [[text(each.word), f"{each.gain:+,}"] for each in gains[:MOST_WORDS]]
    return (
        table(["word of the references", "times"], rows, caption=title) if rows else element("p", f"None is {title}.")
    )


def _items(items: Sequence[LostItem], caption: str) -> Element | None:
    rows: list[list[Content]] = [[f"{item.line:,}", item.kind, text(item.text)] for item in items[:MOST_ITEMS]]
    more = f", the first {MOST_ITEMS} of {len(items):,}" if len(items) > MOST_ITEMS else ""
    return table(["line", "kind", "item"], rows, caption=caption + more) if rows else None


def _none() -> list[Element]:
    return [element("p", "None.")]
