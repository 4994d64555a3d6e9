"""Long lines cut into parts that a model can translate: a paragraph into sentences, a long sentence into clauses."""

import re
from collections.abc import Callable

from sentencex import segment

# Where to cut a long sentence, best first: after a strong pause, after a comma, at a space, anywhere.
_CUTS = [re.compile(pattern) for pattern in (r"(?<=[;:—…。！？；：])\s*", r"(?<=[,，、،])\s*", r"\s+", r"(?<=.)(?=.)")]


def split_line(
    text: str, language: str, sentence_fits: Callable[[str], bool], part_fits: Callable[[str], bool]
) -> list[str]:
    """Cut a line into parts, in order, none of them blank; together they are the whole text but for spaces at the cuts.

    A line stays whole if it satisfies sentence_fits. Otherwise it is cut into sentences, and sentences that do not
    satisfy part_fits are cut at pauses, then at spaces, then anywhere.
    """
    text = text.strip()
    if not text or sentence_fits(text):
        return [text] if text else []
    sentences = (sentence.strip() for sentence in segment(language.split("-")[0], text))
    return [part for sentence in sentences if sentence for part in _cut(sentence, part_fits, 0)]


def _cut(text: str, fits: Callable[[str], bool], level: int) -> list[str]:
    """Halve a text near its middle, again and again, at the best kind of cut that there is."""
    if len(text) < 2 or fits(text):
        return [text]
    while True:
        places = [
            match.span() for match in _CUTS[level].finditer(text) if match.start() > 0 and match.end() < len(text)
        ]
        if places or level == len(_CUTS) - 1:
            break
        level += 1
    end, start = min(places, key=lambda span: abs(span[0] - len(text) / 2))
    return _cut(text[:end], fits, level) + _cut(text[start:], fits, level)
