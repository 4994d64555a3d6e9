"""HTML and XML as tokens with their places, in linear time and whatever the depth.

The tokens are those of the HTML standard's tokenizer, which knows no malformed text; of XML, which an XML parser has
found to be well-formed, a tag is what looks like one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "open", "close", "empty", "other"]  # other: comments, declarations, what scripts hold

_ATTRIBUTES = r"""(?:[^>=]|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+"""
_HTML = re.compile(  # the last one is a bogus comment
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|</?(?P<name>[a-zA-Z][^\s/>]*+){_ATTRIBUTES}(?:>|\Z)|<[!?/][^>]*+(?:>|\Z)", re.DOTALL
)
_XML = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?+>"
    rf"|</?(?P<name>[^\s<>/!?][^\s/>]*+){_ATTRIBUTES}>",
    re.DOTALL,
)
_RAW = frozenset(["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"])  # no tags inside
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)


@dataclass(frozen=True, slots=True)
class Token:
    """A tag, or what stands between two of them."""

    kind: Kind
    name: str  # of a tag; of HTML in small letters
    start: int
    end: int


def html_tokens(text: str) -> Iterator[Token]:
    """The tokens of an HTML document or a part of one; together they are the text. What stands in <title> is text."""
    place = 0
    while match := _HTML.search(text, place):
        if place < match.start():
            yield Token("text", "", place, match.start())
        place = match.end()
        token = _token(match)
        yield token
        if token.kind == "open" and token.name in _RAW:
            closing = re.compile(rf"</{token.name}(?=[\s/>])", re.IGNORECASE).search(text, place)
            end = closing.start() if closing else len(text)
            if place < end:
                yield Token("text" if token.name == "title" else "other", "", place, end)
            place = end
    if place < len(text):
        yield Token("text", "", place, len(text))


def xml_tokens(text: str) -> Iterator[Token]:
    """The tokens of a well-formed XML document; together they are the text."""
    place = 0
    for match in _XML.finditer(text):
        if place < match.start():
            yield Token("text", "", place, match.start())
        place = match.end()
        yield _token(match, xml=True)
    if place < len(text):
        yield Token("text", "", place, len(text))


def tag_ranges(text: str) -> list[tuple[int, int]]:
    """Where a text has tags and comments of HTML or XML."""
    return [match.span() for match in _HTML.finditer(text)]


def _token(match: re.Match[str], *, xml: bool = False) -> Token:
    name, shown = match["name"] or "", match[0]
    kind: Kind = "open"
    if not name:
        kind = "other"
    elif shown[1] == "/":
        kind = "close"
    elif shown.endswith("/>") or (not xml and name.lower() in _VOID):
        kind = "empty"
    return Token(kind, name if xml else name.lower(), match.start(), match.end())
