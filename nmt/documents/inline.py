"""Text with tags inside, as a translator reads it, and its translation as markup again.

A translator reads letters, not references to them; white space runs are one space to it; and it sees a short tag where
the document has a long part that no translation enters.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from nmt.documents.passages import Range
from nmt.documents.tags import tag_ranges

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_PUNCTUATION = "'\"„“”‚‘’«»‹›–—…"
_WHITE_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class InlineText:
    """A line under construction, and what its tags stand for in the document."""

    parts: list[str] = field(default_factory=list)
    originals: dict[str, str] = field(default_factory=dict)  # of the tags that a translator sees in another form
    has_words: bool = False  # outside of tags

    def add_text(self, raw: str) -> None:
        """Add text as the document has it."""
        text = _WHITE_SPACE.sub(" ", readable(raw))
        self.has_words = self.has_words or any(map(str.isalpha, text))
        self.parts.append(text)

    def add_tag(self, raw: str, *, hidden: bool = False) -> None:
        """Add a tag or what is no text, if hidden as an empty tag without any of it."""
        shown = f"<g{len(self.originals) + 1}/>" if hidden else _WHITE_SPACE.sub(" ", raw)
        if shown != raw:
            self.originals[shown] = raw
        self.parts.append(shown)

    def line(self) -> str:
        """All of it as one line."""
        return "".join(self.parts)


def readable(raw: str) -> str:
    """Text with letters and quotes in the place of references to them; &lt; and the like stay, and so does &nbsp;."""
    if "&" not in raw:
        return raw

    def character(reference: re.Match[str]) -> str:
        found = unescape(reference[0])
        return found if len(found) == 1 and (found.isalpha() or found in _PUNCTUATION) else reference[0]

    return _REFERENCE.sub(character, raw)


def write_inline(
    lines: Sequence[str],
    *,
    originals: Mapping[str, str] | None = None,
    marks: Callable[[str], Iterable[Range]] = tag_ranges,
) -> str:
    """A translated line as markup: its tags as the document had them; no other text is read as a tag or a reference."""
    [line] = lines
    parts, end = [], 0
    for start, stop in marks(line):
        shown = line[start:stop]
        parts += [escape(line[end:start]), (originals or {}).get(shown, shown)]
        end = stop
    return "".join([*parts, escape(line[end:])])


def escape(text: str) -> str:
    """Text as markup; references that it has stay."""
    text = re.sub(rf"&(?!{_REFERENCE.pattern[1:]})", "&amp;", text)
    return text.replace("<", "&lt;").replace("]]>", "]]&gt;")
