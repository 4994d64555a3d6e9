"""The models of a server, by the languages that they translate between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nmt.decoding.model import TranslationModel
from nmt.decoding.tagger import TaggingModel
from nmt.serving.errors import RequestError

# English names of languages, for clients that show them; of any other, the code is shown.
_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "nb": "Norwegian Bokmål", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip

Pair = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Translators:
    """Which model translates between which languages, and which one finds names in a language."""

    pairs: Mapping[Pair, TranslationModel]
    taggers: Mapping[str, TaggingModel] = field(default_factory=dict)  # by language

    @property
    def sources(self) -> Sequence[str]:
        """The languages that are read, in the order of the models."""
        return list(dict.fromkeys(source for source, _ in self.pairs))

    def languages(self) -> list[dict[str, Any]]:
        """Each language that is read: code, name, targets; a text can always stay in its own."""
        return [
            {
                "code": source,
                "name": language_name(source),
                "targets": sorted({source, *(there for here, there in self.pairs if here == source)}),
            }
            for source in self.sources
        ]

    def source(self, code: str) -> str:
        """The language that is read for a code as a client writes it: DE, de-AT; RequestError if there is none such."""
        return _known(code, self.sources)

    def target(self, code: str) -> str:
        """The same for the language that is written."""
        return _known(code, [*dict.fromkeys(target for _, target in self.pairs), *self.sources])

    def between(self, source: str, target: str) -> TranslationModel | None:
        """What translates between two languages, None for a language and itself; RequestError if nothing does."""
        if source == target:
            return None
        if (source, target) not in self.pairs:
            pairs = ", ".join(f"{here} to {there}" for here, there in self.pairs)
            raise RequestError(400, f"no model translates {source} to {target}; this server translates {pairs}")
        return self.pairs[source, target]


def language_name(code: str) -> str:
    """A language's English name, or its code if the table has none."""
    return _NAMES.get(code, code)


def by_direction(models: Sequence[TranslationModel]) -> dict[Pair, TranslationModel]:
    """Every direction of some models; of two models that share one, the first has it."""
    pairs: dict[Pair, TranslationModel] = {}
    for model in models:
        for source, target in model.directions:
            pairs.setdefault((source, target), model.between(source, target))
    return pairs


def _known(code: str, known: Sequence[str]) -> str:
    for wanted in (code, code.split("-")[0]):
        for language in known:
            if language.lower() == wanted.lower():
                return language
    names = ", ".join(dict.fromkeys(known))
    raise RequestError(400, f"the language {code[:20]!r} is not supported; this server has {names}")
