"""A document that has been read and found to be sound: how much there is to translate, and how to do it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from nmt.documents.encoding import Decoded
from nmt.documents.passages import Passage, Translate, Warn, count_segments, translate_passages

Languages = tuple[str, str]  # source and target, "" where a document does not say
Lacking = Literal["xmlcharrefreplace", "replace"]  # what becomes of characters that the encoding does not have


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of any format."""

    segments: int  # at most so many are given to the translator
    translated: Callable[[Translate, Warn], Iterator[bytes]]  # the document with translations in their places
    languages: Languages = ("", "")

    @property
    def primary_languages(self) -> Languages:
        """The same without regions, in small letters: de for de-AT."""
        source, target = (code.split("-")[0].lower() for code in self.languages)
        return source, target


def says_none(text: str) -> Languages:
    """The languages of a document that does not say them."""
    return "", ""


def text_document(
    decoded: Decoded,
    cut: Callable[[str], Iterable[Passage]],
    lacking: Lacking,
    languages: Callable[[str], Languages] = says_none,
) -> Document:
    """A document that is a text, which a function cuts into passages; whatever that raises is raised here."""

    def translated(translate: Translate, warn: Warn) -> Iterator[bytes]:
        yield decoded.mark
        for part in translate_passages(decoded.text, cut(decoded.text), translate, warn):
            yield _encode(part, decoded.encoding, lacking, warn)

    segments = count_segments(cut(decoded.text))
    return Document(segments=segments, translated=translated, languages=languages(decoded.text))


def _encode(text: str, encoding: str, lacking: Lacking, warn: Warn) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        if lacking == "replace":
            warn(f"{encoding} has no {text[error.start]!r}, and a question mark takes its place; convert it to UTF-8")
        return text.encode(encoding, lacking)
