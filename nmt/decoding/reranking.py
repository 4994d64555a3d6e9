"""What a language model thinks of translations."""

from collections.abc import Mapping, Sequence

from nmt.decoding.language_model import LanguageModel, score_lines
from nmt.decoding.translator import Fluency

WEIGHT = 0.5  # of the language model, where nobody says another


def weighted_fluency(judge: LanguageModel, weight: float) -> Fluency:
    """A weight times the language model's mean log-probability of a subword, for each text (Och and Ney, 2002).

    The scores that it is added to are log-probabilities over the length penalty of Wu et al. (2016): for 5 to 30
    subwords three to five times their mean, so a weight of 0.5 counts a tenth to a sixth as much as the translator.
    """

    def fluency(texts: Sequence[str]) -> Mapping[str, float]:
        scores = zip(texts, score_lines(judge, texts), strict=True)
        return {text: weight * score.log_prob / score.subwords for text, score in scores}

    return fluency
