"""Markdown (CommonMark with GitHub's tables): paragraphs, headings and cells are passages; code and front matter stay.

markdown-it-py finds the blocks; a passage is where the text of one stands in the document. A paragraph of several lines
is one text, and its translation is broken at the same width.
"""

import re
from collections.abc import Container, Iterator, Sequence
from functools import partial
from typing import Any

from nmt.documents.html import cut_html
from nmt.documents.passages import Passage, Range, line_end_of
from nmt.documents.structure import structural_marks
from nmt.errors import ConfigError

_FRONT_MATTER = re.compile(
    r"(---|\+\+\+)[ \t]*+(?:\r\n?|\n)(?:.*?[\r\n])??(?:\1|\.\.\.)[ \t]*+(?:\r\n?|\n|\Z)", re.DOTALL
)
_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n|\Z)")
_HARD_BREAK = re.compile(r"(?:(?<!\\)(?:\\\\)*\\| {2,})\Z")
_SHORTCUT = re.compile(r"(?<!\])\[([^\[\]]++)\](?:\[\])?+(?![\[(:])")  # [label] or [label][]
_DOUBLED = re.compile(r"\[([^\[\]]++)\]\[\1\]")
_BAR = re.compile(r"(?<!\\)\|")
_BLOCK_MARK = re.compile(r"(\d{1,9})(?=[.)](?:\s|\Z))|(?=(?:[-+*]|\#{1,6}|[-=]+)(?:\s|\Z)|>|`{3}|~{3})")

_Place = tuple[int, int, int]  # where a line starts, and where its text starts and ends


def cut_markdown(text: str) -> Iterator[Passage]:
    """The passages of a Markdown document. Raises ConfigError if markdown-it-py is not installed."""
    try:
        from markdown_it import MarkdownIt
    except ImportError as error:
        raise ConfigError("Markdown is read by markdown-it-py; install it by: pip install 'nmt[documents]'") from error
    front_matter = _FRONT_MATTER.match(text)
    offset = front_matter.end() if front_matter else 0
    lines = [match.span() for match in _LINE.finditer(text, offset) if match[0]]
    found: dict[str, Any] = {}
    tokens = MarkdownIt("commonmark").enable("table").disable("inline").parse(text[offset:], found)
    labels = found.get("references", {})
    quotes = 0  # that are open
    row: int | None = None  # the offset behind the last cell of the row that is open
    for token in tokens:
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        own = lines[slice(*token.map)] if token.map else []
        if token.type == "tr_open":
            row = own[0][0]
        elif token.type == "table_close":
            row = None
        elif token.type == "html_block" and not quotes:
            yield from cut_html(text[own[0][0] : own[-1][1]], own[0][0])
        elif token.type == "inline" and row is not None:
            if cell := _cell_pattern(token.content).search(text, row, own[0][1]):
                row = cell.end()
                yield _passage(text, [(own[0][0], *cell.span())], labels, in_table=True)
        elif token.type == "inline":
            for places in _texts(text, token.content, own):
                yield _passage(text, places, labels, in_table=False)


def _cell_pattern(content: str) -> re.Pattern[str]:
    """What finds the content of a cell, in which bars have a backslash."""
    return re.compile(re.escape(content).replace(r"\|", r"\\?\|"))


def _texts(text: str, content: str, lines: Sequence[Range]) -> Iterator[list[_Place]]:
    """Where the lines of a paragraph are, in groups between hard line breaks."""
    places: list[_Place] = []
    for shown, (first, last) in zip(content.split("\n"), lines, strict=False):
        hard = _HARD_BREAK.search(shown)
        if hard and "\\" in hard[0]:
            shown = shown[:-1]
        shown = shown.strip()
        start = text.find(shown, first, last)
        if start < 0:  # the parser has replaced a character; the paragraph stays as it is
            return
        places.append((first, start, start + len(shown)))
        if hard:
            yield places
            places = []
    if places:
        yield places


def _passage(text: str, places: Sequence[_Place], labels: Container[str], *, in_table: bool) -> Passage:
    from markdown_it.common.utils import normalizeReference

    def in_full(link: re.Match[str]) -> str:
        return f"[{link[1]}][{link[1]}]" if normalizeReference(link[1]) in labels else link[0]

    shown = " ".join(text[start:end] for _, start, end in places)
    start, end = places[0][1], places[-1][2]
    continued = places[1:2]
    return Passage(
        start=start,
        end=end,
        # A label that is the link's text, too, is given twice: once to be translated, once to stay.
        lines=[_SHORTCUT.sub(in_full, shown) if labels else shown],
        write=partial(
            _write,
            original=shown,
            first=start - places[0][0],
            width=max(end - first for first, _, end in places) if continued else None,
            line_end="".join(line_end_of(text[start:end]) + text[first:begin] for first, begin, _ in continued),
            in_table=in_table,
        ),
        marks=structural_marks,
    )


def _write(lines: Sequence[str], *, original: str, first: int, width: int | None, line_end: str, in_table: bool) -> str:
    """A translation as text of a paragraph or a cell, which no reader takes for another block.

    first is the length of what stands before it; line_end holds what stands before further lines, too.
    """
    text = _DOUBLED.sub(r"[\1]", lines[0])
    if not _BLOCK_MARK.match(original):
        text = _BLOCK_MARK.sub(r"\1\\", text, count=1) if _BLOCK_MARK.match(text) else text
    if in_table:
        return _BAR.sub(r"\\|", text)
    return text if width is None else _wrap(text, width, first, line_end)


def _wrap(text: str, width: int, first: int, line_end: str) -> str:
    """Break a text before words that begin with a letter, which never start a block of their own."""
    parts = list[str]()
    length, indent = first, len(line_end.lstrip("\r\n"))
    for word in text.split(" "):
        if parts and length + 1 + len(word) > width and word[:1].isalpha():
            parts.append(line_end)
            length = indent
        elif parts:
            parts.append(" ")
            length += 1
        parts.append(word)
        length += len(word)
    return "".join(parts)
