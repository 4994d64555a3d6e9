"""Language codes, and the scripts that languages are written in."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import chain, islice

from nmt.errors import ConfigError

# A script is the first word of its letters' Unicode names. Text in a language that is not listed is never rejected.
_WRITTEN_IN = {
    "LATIN": "af az bs ca ceb co cs cy da de en eo es et eu fi fil fo fr fy ga gd gl ha hr ht hu id ig is it jv kab ku"
    " la lb lt lv mg mi ms mt nb nds nl nn no oc pl pt ro rw sk sl sm sn so sq sr st su sv sw tk tl tn tr ts uz vi wo"
    " xh yo zu",
    "CYRILLIC": "az ba be bg ce cv kk ky mk mn ru sr tg tk tt uk uz",
    "GREEK": "el grc",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "ARABIC": "ar arz az ckb fa ku ps sd ug ur",
    "HEBREW": "he iw yi",
    "ETHIOPIC": "am ti",
    "DEVANAGARI": "hi mr ne sa",
    "BENGALI": "as bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "TIBETAN": "bo dz",
    "MONGOLIAN": "mn",
    "CJK": "ja ko yue zh",
    "BOPOMOFO": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
}

# Scripts of languages without spaces between words, or (Korean) with particles in them, and the language each tells.
_TELLING = {
    "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "THAI": "th", "LAO": "lo", "KHMER": "km",
    "MYANMAR": "my", "TIBETAN": "bo",
}  # fmt: skip
_LINES_THAT_TELL = 1000


def check_languages(source: str, target: str) -> None:
    """Raise ConfigError unless both are given, look like language codes (ISO 639, subtags allowed), and differ."""
    if not (source and target):
        raise ConfigError(
            "source and target language are not given; set them in the configuration or with --source, --target"
        )
    for code in (source, target):
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", code):
            raise ConfigError(f"{code!r} is not a language code; give one such as de, en or pt-BR")
    if source == target:
        raise ConfigError(f"the source and the target language are both {source}; name two different ones")


@cache
def scripts_of(language: str) -> frozenset[str]:
    """The scripts that a language is written in, empty if unknown. Subtags (pt-BR) are ignored."""
    primary = language.split("-")[0]
    return frozenset(script for script, languages in _WRITTEN_IN.items() if primary in languages.split())


def language_of_script(lines: Iterable[str]) -> str:
    """The language of a text if its script tells that it is one of those not scored by words between spaces, or "".

    Those are Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese and Tibetan. A third of the letters is enough, since
    their words have fewer letters than those of other scripts that may stand among them.
    """
    scripts: Counter[str] = Counter()
    for character, times in Counter(chain.from_iterable(islice(lines, _LINES_THAT_TELL))).items():
        if script := _script(character):
            scripts[script] += times
    telling = {script: scripts[script] for script in _TELLING if script in scripts}
    if sum(telling.values()) * 3 < scripts.total() or not telling:
        return ""
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana * 20 > kana + scripts["CJK"]:
        telling["HIRAGANA"] = kana + telling.pop("CJK", 0)
    return _TELLING[max(telling, key=lambda script: telling[script])]


def in_wrong_script(text: str, scripts: frozenset[str]) -> bool:
    """Whether more than half of the letters with a known script belong to none of these scripts."""
    if not scripts or (text.isascii() and "LATIN" in scripts):
        return False  # the second case is common and quick to test
    known = wrong = 0
    for character, times in Counter(text).items():
        script = _script(character)
        if script:
            known += times
            wrong += times * (script not in scripts)
    return wrong * 2 > known


@cache
def _script(character: str) -> str | None:
    """The script of a letter; None for digits, punctuation and letters of scripts not listed above."""
    letter = unicodedata.normalize("NFKC", character)[:1]  # a full-width A is Latin
    script = unicodedata.name(letter, "").split(" ")[0] if letter.isalpha() else ""
    return script if script in _WRITTEN_IN else None
