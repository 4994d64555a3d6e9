"""Translations put in another order by how probable a language model finds them."""

from collections.abc import Sequence
from dataclasses import replace

from nmt.decoding.language_model import LanguageModel, LineScore, score_lines
from nmt.decoding.translator import Alternative, Translation

WEIGHT = 0.5  # of the language model, where nobody says another


def rerank(found: Sequence[Translation], judge: LanguageModel, weight: float, keep: int) -> list[Translation]:
    """Lines with their translations in the order of ranking, so many of each."""
    texts = list(dict.fromkeys(other.text for line in found for other in line.alternatives))
    scores = dict(zip(texts, score_lines(judge, texts), strict=True))

    def in_order(line: Translation) -> list[Alternative]:
        return sorted(line.alternatives, key=lambda each: -ranking(each, scores[each.text], weight))

    return [replace(line, alternatives=in_order(line)[:keep]) for line in found]


def ranking(translation: Alternative, fluency: LineScore, weight: float) -> float:
    """A translation's score and, weighed, the language model's mean log-probability of a subword (Och and Ney, 2002).

    The translation's score is a mean over its subwords, too, where the length penalty is 1.
    """
    return translation.score + weight * fluency.log_prob / fluency.subwords
