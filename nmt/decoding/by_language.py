"""Lines of which nobody said the language: each is translated from that of the model's languages that it is in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import TranslationModel
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Alternative, Translation, translate_chunks
from nmt.text.language_detector import LanguageDetector

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
) -> Iterator[Translation]:
    """Translate lines, a chunk at a time, as translate_chunks does; each says what it was taken for.

    Unsure lines are taken for the model's own source language; those in none of its languages stay as they are.
    """
    models = {source: model.between(source) for source, _ in model.directions}
    for lines in chunks:
        sources = [source_of(line, detector, model) for line in lines]
        found: list[Translation | None] = [None] * len(lines)
        for source in dict.fromkeys(sources):
            places = [place for place, own in enumerate(sources) if own == source]
            own_lines = [lines[place] for place in places]
            translations: Iterable[Translation] = (
                map(_unchanged, own_lines)
                if source == FOREIGN
                else translate_chunks(models[source], [own_lines], config, protector, align=align, prefix=prefix)
            )
            for place, translation in zip(places, translations, strict=True):
                found[place] = replace(translation, taken_for=source)
        yield from filter(None, found)


def source_of(line: str, detector: LanguageDetector, model: TranslationModel) -> str:
    """The language to translate a line from, or FOREIGN."""
    if detector.is_foreign(line):
        return FOREIGN
    known = {source for source, _ in model.directions}
    return next((language for language, _ in detector.rank(line) if language in known), model.source)


def _unchanged(line: str) -> Translation:
    same = Alternative(text=line, score=0.0, confidence=1.0, finished=True, items=(), flags=())
    return Translation(source=line, alternatives=[same])
