"""Words that are each other's translation, found by how often they stand in the same training pairs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice, product

from nmt.protection.words import find_words

SAMPLE = 50_000  # training pairs that are read
LEAST_PAIRS = 5  # that have both words
LEAST_DICE = 0.3
_SHORTEST = 4  # letters: shorter words are articles and the like, which have no partner of their own
MOST_WORDS = 12  # of a side: longer sentences tell less, and take time by the product of their words


def align_words(pairs: Iterable[tuple[str, str]], most_words: int = MOST_WORDS) -> Mapping[str, str]:
    """For words of the source language their best partner in the target language, whose best partner they are, too.

    The measure is Dice's coefficient: twice the number of pairs that have both, by the number of those that have either
    word, each counted by itself.
    """
    sides: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    both: Counter[tuple[str, str]] = Counter()
    for pair in islice(pairs, SAMPLE):
        source, target = ({word for word in find_words(text) if len(word) >= _SHORTEST} for text in pair)
        sides[0].update(source)
        sides[1].update(target)
        if max(len(source), len(target)) <= most_words:
            both.update(product(source, target))
    dice = {
        (one, other): 2 * count / (sides[0][one] + sides[1][other])
        for (one, other), count in both.items()
        if count >= LEAST_PAIRS
    }
    likely = sorted((pair for pair in dice if dice[pair] >= LEAST_DICE), key=lambda pair: (-dice[pair], pair))
    best: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for one, other in likely:
        best[0].setdefault(one, other)
        best[1].setdefault(other, one)
    return {one: other for one, other in best[0].items() if best[1][other] == one}
