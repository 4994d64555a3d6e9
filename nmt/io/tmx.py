"""Translation memories (TMX 1.1 to 1.4b), read as sentence pairs in bounded memory.

The standard library's expat reads the XML. It follows no reference to another file, and a document that declares
entities, which could grow without bound, is refused.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from nmt.errors import DataError
from nmt.io.files import open_bytes
from nmt.io.records import listed

_READ_AT_ONCE = 1 << 16  # bytes
_PAIRED_CODES = {"bpt", "ept"}  # the markup of a word or more, from where it begins to where it ends
_CODES = _PAIRED_CODES | {"it", "ph", "ut", "x"}  # markup; what stands inside is code, not text
_GAP = "\0"  # stands for a code that may separate words, such as a line break; XML has no such character


def read_tmx(path: Path, source: str, target: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a file in two languages; other languages, and units without one of the two, are left out.

    A language is that of its code or, in a unit without it, one whose code differs by subtags alone: de-AT where de is
    wanted, pt where pt-BR is. Inline markup is left out with its content; the text that <hi> marks stays. Whatever is
    not TMX, and a file without such a pair, is a DataError.
    """
    others: dict[str, None] = {}
    found = False
    for unit in _units(path):
        pair = [_in_language(unit, language) for language in (source, target)]
        others |= dict.fromkeys(unit)
        if pair[0] is not None and pair[1] is not None:
            found = True
            yield pair[0], pair[1]
    if others and not found:
        raise DataError(
            f"{path}: no pairs of {source} and {target}; it has {listed(list(others))}: choose by --source and --target"
        )


def _units(path: Path) -> Iterator[dict[str, str]]:
    """Yield the text of each translation unit by its language."""
    reader = _Reader()
    with open_bytes(path) as stream:
        last = False
        while not last:
            data = stream.read(_READ_AT_ONCE)
            last = not data
            try:
                reader.parser.Parse(data, last)
            except expat.ExpatError as error:
                problem = expat.ErrorString(error.code)
                raise DataError(f"{path}:{error.lineno}: not TMX ({problem}); export it again, or repair it") from error
            except _NotTMXError as error:
                raise DataError(f"{path}:{reader.parser.CurrentLineNumber}: {error}") from None
            yield from reader.units
            reader.units.clear()


class _NotTMXError(Exception):
    """XML that is not read as TMX; says why."""


class _Reader:
    """What expat calls; collects the units that are complete."""

    def __init__(self) -> None:
        self.units: list[dict[str, str]] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._declared_entity
        self.parser.SkippedEntityHandler = self._unknown_entity
        self._depth = 0
        self._language = ""
        self._unit: dict[str, str] = {}
        self._segment: list[str] | None = None  # the text of the <seg> that is open
        self._inside = 0  # so many codes that are open

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._depth and name != "tmx":
            raise _NotTMXError(f"not TMX but <{name}>; give a file whose first element is <tmx>")
        self._depth += 1
        if name == "tu":
            self._unit = {}
        elif name == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif name == "seg":
            self._segment = []
        elif name in _CODES:
            self._inside += 1

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == "tu":
            self.units.append(self._unit)
        elif name == "seg" and self._segment is not None:
            language = self._language.replace("_", "-").lower()
            self._unit.setdefault(language, _without_gaps("".join(self._segment)))
            self._segment = None
        elif name in _CODES:
            self._inside -= 1
            if name not in _PAIRED_CODES:
                self._text(_GAP)

    def _text(self, text: str) -> None:
        if self._segment is not None and not self._inside:
            self._segment.append(text)

    def _declared_entity(self, name: str, *_: object) -> None:
        raise _NotTMXError(f"the file declares the entity {name!r}, which is not read; write the text itself")

    def _unknown_entity(self, name: str, _: bool) -> None:
        raise _NotTMXError(f"the entity {name!r} is not XML's own; write the character itself")


def _without_gaps(text: str) -> str:
    """Let a gap separate two words that would be one without it, and join the spaces around it."""

    def fill(match: re.Match[str]) -> str:
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        return " " if match[0].strip(_GAP) or (len(around) == 2 and around.isalnum()) else ""

    return re.sub(rf"[ ]*{_GAP}[{_GAP} ]*", fill, text)


def _in_language(unit: dict[str, str], language: str) -> str | None:
    """The text of a unit in a language, or else in the first whose code differs by subtags alone."""
    wanted = language.lower()
    near = (code for code in unit if code.startswith(f"{wanted}-") or wanted.startswith(f"{code}-"))
    code = wanted if wanted in unit else next(near, None)
    return None if code is None else unit[code]
