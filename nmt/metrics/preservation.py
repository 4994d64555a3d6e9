"""How much of what should come through a translation letter by letter did, judged by the strings alone."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.protection.literals import literal_spans


@dataclass(frozen=True, kw_only=True)
class LiteralRecall:
    """The number of literals (see nmt/protection/literals.py) in sources, and how many occur in the translations."""

    literals: int
    kept: int


def literal_recall(sources: Sequence[str], translations: Sequence[str]) -> LiteralRecall:
    """Count literals line by line, each as often as it occurs; one is kept where its very characters stand."""
    literals = kept = 0
    for source, translation in zip(sources, translations, strict=True):
        found = Counter(source[span.start : span.end] for span in literal_spans(source))
        literals += found.total()
        kept += sum(min(count, _occurrences(text, translation)) for text, count in found.items())
    return LiteralRecall(literals=literals, kept=kept)


def _occurrences(text: str, line: str) -> int:
    """How often a text stands in a line as a whole: 12 not in 112."""
    before = r"(?<![\w])" if text[0].isalnum() else ""
    behind = r"(?![\w])" if text[-1].isalnum() else ""
    return len(re.findall(before + re.escape(text) + behind, line))
