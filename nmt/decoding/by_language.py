"""Lines of which nobody said the language: each is translated from that of the model's languages that it is in."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import TranslationModel
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Translation, translate_chunks
from nmt.protection.word_statistics import NEVER, Seen, WordStatistics
from nmt.protection.words import find_words
from nmt.text.language_detector import LanguageDetector

FEW = 3  # words
MUCH = 4  # times
FOREIGN = ""  # stands for a language that is none of the model's


def translate_by_language(
    model: TranslationModel,
    detector: LanguageDetector,
    chunks: Iterable[Sequence[str]],
    config: DecodingConfig,
    protector: Protector | None = None,
    *,
    align: bool = False,
    prefix: str = "",
    target: str = "",
) -> Iterator[Translation]:
    """Translate lines, a chunk at a time, as translate_chunks does; each says what it was taken for.

    Unsure lines are taken for the model's own source language. Those in none of its languages stay as they are, and,
    if a target is named, those that are in it already.
    """
    models = {here: model.between(here, there) for here, there in model.directions if target in ("", there)}
    for lines in chunks:
        sources = [source_of(line, detector, model) for line in lines]
        found: list[Translation | None] = [None] * len(lines)
        for source in dict.fromkeys(sources):
            places = [place for place, own in enumerate(sources) if own == source]
            own_lines = [lines[place] for place in places]
            translations: Iterable[Translation] = (
                map(Translation.unchanged, own_lines)
                if source not in models
                else translate_chunks(models[source], [own_lines], config, protector, align=align, prefix=prefix)
            )
            for place, translation in zip(places, translations, strict=True):
                found[place] = replace(translation, taken_for=source)
        yield from filter(None, found)


def source_of(line: str, detector: LanguageDetector, model: TranslationModel) -> str:
    """The language to translate a line from, or FOREIGN."""
    if detector.is_foreign(line):
        return FOREIGN
    known = {language for direction in model.directions for language in direction}
    ranked = rank_languages(line, detector, model.statistics)
    return next((language for language, _ in ranked if language in known), model.source)


def rank_languages(
    line: str, detector: LanguageDetector, statistics: WordStatistics | None
) -> Sequence[tuple[str, float]]:
    """The languages that a line may be in, the likeliest first; none where nothing tells.

    Characters say little of a few words, so these are told by how often the training pairs have them, where they
    are much more frequent on one side.
    """
    if statistics is not None and 0 < len(words := find_words(line)) <= FEW and len(statistics.by_language) > 1:
        found = {language: _log_frequency(words, seen) for language, seen in statistics.by_language.items()}
        first, second, *_ = sorted(found, key=lambda language: found[language], reverse=True)
        lead = found[first] - found[second]
        if lead > math.log(MUCH):
            sure = 1 / (1 + math.exp(-lead))
            return [(first, sure), (second, 1 - sure)]
    return detector.rank(line)


def _log_frequency(words: Sequence[str], seen: Mapping[str, Seen]) -> float:
    forms = ({word, word.lower(), word.capitalize()} for word in words)
    return sum(math.log1p(max(seen.get(form, NEVER).pairs for form in each)) for each in forms)
