"""How many numbers and addresses of a text occur in its translation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.protection.literals import find_literals


@dataclass(frozen=True, kw_only=True)
class LiteralRecall:
    """The number of literals (see nmt/protection/literals.py) in sources, and how many occur in the translations."""

    literals: int
    kept: int


def literal_recall(sources: Sequence[str], translations: Sequence[str]) -> LiteralRecall:
    """Count literals line by line, each as often as it occurs."""
    found = [
        (Counter(find_literals(source)), Counter(find_literals(translation)))
        for source, translation in zip(sources, translations, strict=True)
    ]
    return LiteralRecall(
        literals=sum(here.total() for here, _ in found), kept=sum((here & there).total() for here, there in found)
    )
