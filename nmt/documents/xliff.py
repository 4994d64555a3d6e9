"""XLIFF 1.2 and 2: targets that are missing or empty are filled with the translation of their sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from nmt.documents.inline import InlineText, write_inline
from nmt.documents.passages import Passage
from nmt.documents.tags import Token, tag_ranges, xml_tokens
from nmt.documents.xml import check_xml
from nmt.errors import DataError

_UNITS = {"trans-unit", "segment"}  # of XLIFF 1.2 and 2
_CODES = {"bpt", "ept", "it", "ph", "ut"}  # inline elements whose content is code
_SOURCE_LANGUAGE = re.compile(r"""\s(source-language|srcLang)=["']([A-Za-z0-9-]+)["']""")  # of XLIFF 1.2 and 2
_TARGET_LANGUAGE = re.compile(r"""\s(target-language|trgLang)=["']([A-Za-z0-9-]+)["']""")
_SUGGESTIONS = {"alt-trans", "matches"}  # with sources and targets of their own


def cut_xliff(text: str, name: str) -> Iterator[Passage]:
    """The passages of an XLIFF document: the sources of units without a translation, which may be translated."""
    check_xml(text, name)
    root = next((token for token in xml_tokens(text) if token.name), None)
    if root is None or _local(root) != "xliff":
        raise DataError(f"{name}: not XLIFF, whose first element is <xliff>; name the file's own format by --format")
    return _units(text)


def languages_of_xliff(text: str) -> tuple[str, str]:
    """The languages of a document's sources and targets, by its first element that tells one."""
    here, there = (each.search(text) for each in (_SOURCE_LANGUAGE, _TARGET_LANGUAGE))
    return here[2] if here else "", there[2] if there else ""


@dataclass(slots=True)
class _Unit:
    """What is known of a unit that is open."""

    source: list[Token] | None = None  # what stands inside
    source_tag: Token | None = None
    behind: int = 0  # the end of what a target follows
    target: list[Token] | None = None
    target_tag: Token | None = None


def _units(text: str) -> Iterator[Passage]:
    kept = 0  # elements that are open within one of whose content nothing is translated
    unit: _Unit | None = None
    inside: list[Token] | None = None  # of the source or target that is open
    for token in xml_tokens(text):
        name = _local(token)
        if inside is not None and not (token.kind == "close" and name in ("source", "target")):
            inside.append(token)
        elif kept or name in _SUGGESTIONS or _says_no(text, token):
            kept += {"open": 1, "close": -1}.get(token.kind, 0)
        elif name in _UNITS and token.kind == "open":
            unit = _Unit()
        elif name in _UNITS and unit is not None:
            yield from _passage(text, unit)
            unit = None
        elif name and unit is not None:
            inside = _enter(unit, token, name)


def _enter(unit: _Unit, token: Token, name: str) -> list[Token] | None:
    """Take note of a part of a unit; gives the list for what stands inside of it."""
    if token.kind == "close":
        if name in ("source", "seg-source"):
            unit.behind = token.end
        return None
    if name == "source" and token.kind == "open":
        unit.source, unit.source_tag = [], token
        return unit.source
    if name == "target":
        unit.target, unit.target_tag = [], token
        return unit.target if token.kind == "open" else None
    return None


def _passage(text: str, unit: _Unit) -> Iterator[Passage]:
    if unit.source is None or unit.source_tag is None or _has_text(text, unit.target or []):
        return
    line = InlineText()
    for token in _with_codes(text, unit.source):
        raw = text[token.start : token.end]
        if token.kind == "text":
            line.add_text(raw)
        else:
            line.add_tag(raw, hidden=token.kind == "other" or (token.kind == "empty" and not raw.endswith("/>")))
    if not line.has_words:
        return
    tag = unit.target_tag
    if tag is None:
        start = end = unit.behind
        indent = text[text.rfind("\n", 0, unit.source_tag.start) : unit.source_tag.start]
        prefix = unit.source_tag.name.removesuffix("source")
        opening = ("" if indent.strip() else indent) + f"<{prefix}target>"
        closing = f"</{prefix}target>"
    else:
        inner = unit.target or []
        start = tag.start
        end = inner[-1].end if inner else tag.end
        shown = text[tag.start : tag.end]
        opening = f"{shown[:-2].rstrip()}>" if tag.kind == "empty" else shown
        closing = f"</{tag.name}>" if tag.kind == "empty" else ""
    yield Passage(
        start=start,
        end=end,
        lines=[line.line()],
        write=partial(_write, opening=opening, closing=closing, line=line),
        marks=tag_ranges,
    )


def _write(lines: Sequence[str], *, opening: str, closing: str, line: InlineText) -> str:
    return opening + write_inline(lines, originals=line.originals) + closing


def _has_text(text: str, tokens: Sequence[Token]) -> bool:
    return any(token.kind != "text" or text[token.start : token.end].strip() for token in tokens)


def _with_codes(text: str, tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, with an element that holds code, or what is not to be translated, as a single one."""
    code: Token | None = None
    depth = 0
    for token in tokens:
        if code is None:
            if token.kind == "open" and (_local(token) in _CODES or _says_no(text, token)):
                code, depth = token, 1
            else:
                yield token
        elif token.name == code.name and token.kind in ("open", "close"):
            depth += 1 if token.kind == "open" else -1
            if not depth:
                yield Token("empty", code.name, code.start, token.end)
                code = None


def _says_no(text: str, token: Token) -> bool:
    shown = text[token.start : token.end]
    return 'translate="no"' in shown or "translate='no'" in shown


def _local(token: Token) -> str:
    return token.name.rpartition(":")[2]
