"""How good translations are: scores, what came through, and where in a test set the strengths and weaknesses lie."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from nmt.metrics.bleu import PairedScore, Score
from nmt.metrics.breakdown import LengthBucket, RarityBucket
from nmt.metrics.preservation import ItemKind, LostItem, Recall
from nmt.report.charts import bar, interval
from nmt.report.html import Content, details, element, section, table, text

MOST_LOST = 200  # items that are listed


def score_section(scores: Sequence[Score], facts: str) -> Element:
    """Scores with their intervals and signatures; facts is a sentence on what was scored."""
    rows = [
        [
            score.name,
            f"{score.value:.2f}",
            None if score.low is None else f"{score.low:.2f} – {score.high:.2f}",
            interval(score.value, score.value if score.low is None else score.low, score.high or score.value),
        ]
        for score in scores
    ]
    return section(
        "Scores",
        element("p", facts),
        table(["", "score", "95% interval", ""], rows, caption="scores"),
        _signatures(scores),
        element("p", "Of TER, edits by words of the reference, less is better; of the others, more.")
        if any(score.name == "TER" for score in scores)
        else None,
    )


def paired_section(scores: Sequence[PairedScore], facts: str) -> Element:
    """The scores of several systems, with the significance of their differences."""
    rows: list[list[Content]] = [
        [
            text(score.system),
            score.name,
            f"{score.value:.2f}",
            "" if score.p_value is None else f"{score.p_value:.4f}",
            bar(score.value),
        ]
        for score in scores
    ]
    heads = ["system", "metric", "score", "p against the first", ""]
    return section(
        "Scores", element("p", facts), table(heads, rows, caption="scores of all systems"), _signatures(scores)
    )


def preservation_section(recalls: Mapping[ItemKind, Recall], lost: Sequence[LostItem]) -> Element:
    """What came through letter by letter, by kind, and what did not."""
    rows: list[list[Content]] = [
        [
            kind,
            f"{recall.kept:,} of {recall.items:,}",
            f"{100 * recall.kept / recall.items:.1f}%",
            bar(recall.kept, recall.items),
        ]
        for kind, recall in recalls.items()
    ]
    listed: list[list[Content]] = [[f"{item.line:,}", item.kind, text(item.text)] for item in lost[:MOST_LOST]]
    more = f"; the first {MOST_LOST} of {len(lost):,}" if len(lost) > MOST_LOST else ""
    return section(
        "What came through",
        element(
            "p",
            "Numbers, addresses and markup count if they stand in the translation letter by letter. Names are words "
            "with a capital that source and references share.",
        ),
        table(["kind", "kept", "share", ""], rows, caption="items of the source that the translation has")
        if rows
        else element("p", "The sources have nothing of the kind."),
        details(f"What is missing{more}", table(["line", "kind", "item"], listed, caption="missing items"))
        if listed
        else None,
    )


def length_section(buckets: Sequence[LengthBucket], unit: str) -> Element:
    """Scores by the length of sentences."""
    rows: list[list[Content]] = [
        [_range(each.least, each.most), f"{each.sentences:,}", f"{each.bleu:.1f}", f"{each.chrf:.1f}", bar(each.chrf)]
        for each in buckets
    ]
    heads = [unit, "sentences", "BLEU", "chrF++", ""]
    return section(
        "By length", table(heads, rows, caption="sentences of about the same length, each scored as a corpus")
    )


def rarity_section(buckets: Sequence[RarityBucket], origin: str) -> Element:
    """How well words are translated, by how rare they are; origin says where they were counted."""
    rows: list[list[Content]] = [
        [
            _range(each.least, each.most),
            f"{each.words:,}",
            f"{each.precision:.1f}",
            f"{each.recall:.1f}",
            f"{each.f1:.1f}",
            bar(each.f1),
        ]
        for each in buckets
    ]
    heads = ["training pairs with the word", "words", "precision", "recall", "F1", ""]
    return section(
        "By how rare the words are",
        element("p", f"Words of the first reference that the translation of the line has. {origin}"),
        table(heads, rows, caption="words by how many training pairs have them"),
    )


def _signatures(scores: Sequence[Score] | Sequence[PairedScore]) -> list[Element]:
    """How the scores were computed, each metric once."""
    signatures = {score.name: score.signature for score in scores}
    return [element("p", f"{name}: ", element("code", signature)) for name, signature in signatures.items()]


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"{least:,} and more"
    return f"{least:,}" if least == most else f"{least:,} – {most:,}"
