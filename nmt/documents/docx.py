"""Word documents (.docx): the text of paragraphs is translated; formatting and all other parts of the file are kept.

A paragraph is one text in which tags stand for what differs from its usual formatting; a translation is put back into
the runs that the text came from. Nothing but the content of <w:t> changes.
"""

import lzma
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import partial
from html import unescape
from io import BytesIO
from itertools import count, groupby
from typing import Any, Literal
from zipfile import BadZipFile, ZipFile, ZipInfo

from nmt.documents.document import Document, text_document
from nmt.documents.encoding import decode
from nmt.documents.inline import escape
from nmt.documents.passages import Passage, Range, Translate, Warn
from nmt.documents.tags import Token, xml_tokens
from nmt.documents.xml import DECLARED, check_xml
from nmt.errors import DataError

_PARTS = re.compile(r"word/(?:document\d*|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_MOST_UNPACKED = 1 << 28  # bytes of all parts together
_MOST_TEXT = 1 << 26  # bytes of a part with text

_WRAPPERS = {"w:hyperlink", "w:ins", "w:sdt", "w:smartTag", "w:fldSimple"}  # text does not leave what it stands in
_REMOVED = {"w:del", "w:moveFrom"}
_BREAKS = {"w:tab", "w:ptab", "w:br", "w:cr"}  # between texts of a paragraph
_MARKS = {
    "w:drawing", "w:pict", "w:object", "w:sym", "w:noBreakHyphen", "w:footnoteReference", "w:endnoteReference",
    "w:footnoteRef", "w:endnoteRef",
}  # fmt: skip
_NO_LOOK = re.compile(r"<w:(?:lang|noProof|rFonts w:hint)\b[^>]*/>")  # properties that nobody sees
_LINE_ENDS = re.compile(r"[\r\n]+")
_TAG = re.compile(r"<(?P<slash>/?)g(?P<number>\d+)(?P<empty>/?)>")


_Look = tuple[str, int, int]  # the formatting of a text, and the numbers of the wrapper and the field that it stands in


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """A <w:t> and what it says."""

    start: int
    end: int
    text: str
    look: _Look


_Item = _Text | None  # None: a mark, such as a picture or the number of a footnote


@dataclass(frozen=True, slots=True)
class _Group:
    """Texts that follow each other and look alike; none for a mark."""

    texts: Sequence[_Text]
    tagged: bool  # False for texts of the paragraph's usual look


def read_docx(data: bytes, name: str) -> Document:
    """A Word document. Raises DataError for a file that is none, is damaged, or has too much in it."""
    with _told(name):
        archive = ZipFile(BytesIO(data))
        infos = archive.infolist()
    if sum(info.file_size for info in infos) > _MOST_UNPACKED:
        raise DataError(f"{name}: has more than {_MOST_UNPACKED >> 20} MB when it is unpacked; split the document")
    if len({info.filename for info in infos}) < len(infos):
        raise DataError(f"{name}: two of its parts have the same name; save it again as .docx")
    texts = [info for info in infos if _PARTS.fullmatch(info.filename)]
    if not any(info.filename.startswith("word/document") for info in texts):
        raise DataError(f"{name}: a zip file, but no Word document; save it again as .docx")

    def document(info: ZipInfo) -> Document:
        if info.file_size > _MOST_TEXT:
            raise DataError(f"{name}: {info.filename} has more than {_MOST_TEXT >> 20} MB; split the document")
        with _told(name):
            decoded = decode(archive.read(info), f"{name} ({info.filename})", DECLARED)
        check_xml(decoded.text, f"{name} ({info.filename})")
        return text_document(decoded, cut_part, "xmlcharrefreplace")

    def translated(translate: Translate, warn: Warn) -> Iterator[bytes]:
        new = {info.filename: b"".join(document(info).translated(translate, warn)) for info in texts}
        with _told(name):
            yield _with_parts(archive, new) if any(archive.read(part) != new[part] for part in new) else data

    return Document(segments=sum(document(info).segments for info in texts), translated=translated)


def _with_parts(archive: ZipFile, new: Mapping[str, bytes]) -> bytes:
    """The file with other content of some parts; order, dates and compression of all stay."""
    out = BytesIO()
    with ZipFile(out, "w") as written:
        written.comment = archive.comment
        for info in archive.infolist():
            content = new[info.filename] if info.filename in new else archive.read(info)
            written.writestr(copy(info), content)
    return out.getvalue()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what is wrong with a zip file into a DataError."""
    try:
        yield
    except (BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, OSError, RuntimeError, KeyError) as error:
        # RuntimeError: it is encrypted, or compressed by a method that is not there
        raise DataError(f"{name}: no .docx, or a damaged one ({error}); save it again as .docx") from error


def cut_part(text: str) -> Iterator[Passage]:
    """The passages of a part of a document: its paragraphs, which tabs and line breaks divide."""
    items: list[_Item] = []
    number = 0  # of the paragraph
    for item in _items(text):
        if isinstance(item, str):
            yield from _passage(text, items, number)
            items = []
            number += item == "paragraph"
        else:
            items.append(item)


def _items(text: str) -> Iterator[_Item | Literal["paragraph", "break"]]:
    """The texts and marks of a part, and where a paragraph begins and where its text is interrupted."""
    looks: list[str | None] = []  # of each run that is open; None for a paragraph
    wrappers, fields = [0], [0]  # the numbers of those that are open
    numbers = count(1)
    removed = 0
    opened = Token("open", "", 0, 0)
    for token in xml_tokens(text):
        opens, closes = token.kind == "open", token.kind == "close"
        match token.name:
            case "w:p":
                _follow(looks, token, None)
                yield "break" if closes else "paragraph"
            case "w:r":
                _follow(looks, token, "")
            case name if name in _REMOVED:
                removed += opens - closes
            case name if name in _WRAPPERS:
                _follow(wrappers, token, next(numbers))
            case "w:fldChar" if "begin" in text[token.start : token.end]:
                fields.append(next(numbers))
            case "w:fldChar" if "end" in text[token.start : token.end] and len(fields) > 1:
                fields.pop()
            case _ if not looks or looks[-1] is None or removed:
                pass
            case "w:rPr" | "w:t" if opens:
                opened = token
            case "w:rPr" if closes:
                looks[-1] = _NO_LOOK.sub("", text[opened.end : token.start])
            case "w:t" if closes and "<" not in text[opened.end : token.start]:
                if shown := unescape(text[opened.end : token.start]):
                    look = looks[-1], wrappers[-1], fields[-1]
                    yield _Text(start=opened.start, end=token.end, text=shown, look=look)
            case name if name in _BREAKS and not closes:
                yield "break"
            case name if name in _MARKS and not closes:
                yield None


def _follow(stack: list[Any], token: Token, value: object) -> None:
    """Put a value on a stack where an element opens, and take it off again where that closes."""
    if token.kind == "open":
        stack.append(value)
    elif token.kind == "close":
        stack.pop()


def _passage(text: str, items: Sequence[_Item], number: int) -> Iterator[Passage]:
    """The passage that the texts and marks of a paragraph make, if they have words."""
    texts = [item for item in items if item is not None]
    shown = "".join(item.text for item in texts)
    if not any(map(str.isalpha, shown)) or _TAG.search(shown):
        return
    groups = _groups(items)
    line = ""
    for place, group in enumerate(groups, start=1):
        own = "".join(item.text for item in group.texts)
        line += own if not group.tagged else f"<g{place}>{own}</g{place}>" if own else f"<g{place}/>"
    start, end = texts[0].start, texts[-1].end
    yield Passage(
        start=start,
        end=end,
        lines=[_LINE_ENDS.sub(" ", line)],
        write=partial(_write, raw=text[start:end], start=start, groups=groups),
        marks=_tags,
        ordered=True,
        number=number,
    )


def _groups(items: Sequence[_Item]) -> list[_Group]:
    """The groups of a paragraph, without marks at its edges; its usual look is that of most characters."""
    sizes = Counter[_Look]()
    for item in items:
        if item is not None:
            sizes[item.look] += len(item.text)
    usual = max(sizes, key=lambda look: sizes[look])

    def look(numbered: tuple[int, _Item]) -> object:
        number, item = numbered
        return number if item is None else usual if item.text.isspace() else item.look

    groups = [
        _Group([item for _, item in own if item is not None], key != usual)
        for key, own in groupby(enumerate(items), key=look)
    ]
    inner = [place for place, group in enumerate(groups) if group.texts]
    return groups[inner[0] : inner[-1] + 1]


def _tags(text: str) -> list[Range]:
    return [match.span() for match in _TAG.finditer(text)]


def _write(lines: Sequence[str], *, raw: str, start: int, groups: Sequence[_Group]) -> str:
    """A paragraph's XML with a translation in its runs: what each group gets stands in the first of its texts."""
    new: dict[_Text, str] = {}
    for group, own in zip(groups, _shares(lines[0], groups), strict=True):
        new |= dict.fromkeys(group.texts, "")
        if group.texts:
            new[group.texts[0]] = own
    parts, end = [], start
    for text, own in new.items():
        parts += [raw[end - start : text.start - start], f'<w:t xml:space="preserve">{escape(own)}</w:t>']
        end = text.end
    return "".join([*parts, raw[end - start :]])


def _shares(line: str, groups: Sequence[_Group]) -> list[str]:
    """What of a translation belongs to each group; its tags are in the order of the groups."""
    shares = [""] * len(groups)
    place = end = 0  # place is that of the group behind the last tag
    for tag in [*_TAG.finditer(line), None]:
        text = line[end : tag.start() if tag else len(line)]
        if text:
            shares[int(tag["number"]) - 1 if tag and tag["slash"] else _holder(groups, place)] += text
        if tag:
            end = tag.end()
            place = int(tag["number"]) if tag["slash"] or tag["empty"] else place
    return shares


def _holder(groups: Sequence[_Group], place: int) -> int:
    """The group at a place if it has the usual look, else the nearest one with text, which the text then looks like."""
    if place < len(groups) and not groups[place].tagged:
        return place
    return min((other for other, group in enumerate(groups) if group.texts), key=lambda other: abs(other - place + 1))
