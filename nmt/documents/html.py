"""HTML: a block's text is a passage, with the tags inside of it; code, scripts, styles and attributes are kept."""

import re
from collections.abc import Iterator
from functools import partial

from nmt.documents.inline import InlineText, write_inline
from nmt.documents.passages import Passage
from nmt.documents.tags import Token, html_tokens, tag_ranges

# Elements inside of a text; all others separate texts.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "mark",
        "nobr",
        "q",
        "rb",
        "rp",
        "rt",
        "ruby",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "wbr",
    ]
)
_CODE = frozenset(["code", "kbd", "samp", "tt", "var"])  # inside of a text, and no language
_FIGURES = frozenset(["math", "svg"])
_KEPT = frozenset(["audio", "canvas", "object", "pre", "video"])
_UNTRANSLATED = re.compile(
    r"""\s(?:translate\s*=\s*["']?no\b|class\s*=\s*(?:"[^"]*\bnotranslate\b|'[^']*\bnotranslate\b|notranslate\b))""",
    re.IGNORECASE,
)


def cut_html(text: str, start: int = 0) -> Iterator[Passage]:
    """The passages of an HTML document or a part of one, which starts at that offset of the document."""
    run: list[Token] = []
    for token in _with_kept_elements(text):
        if token.kind == "text" or token.name in _INLINE or token.name in _CODE | _FIGURES or token.kind == "other":
            run.append(token)
        else:
            yield from _passage(text, run, start)
            run = []
    yield from _passage(text, run, start)


def _with_kept_elements(text: str) -> Iterator[Token]:
    """The tokens, with an element that is not translated as a single one; inside a text it ends with its block."""
    kept: Token | None = None
    depth = 0
    for token in html_tokens(text):
        if kept is None:
            if token.kind == "open" and _is_kept(text, token):
                kept, depth = token, 1
            else:
                yield token
            continue
        inside = kept.name in _INLINE or kept.name in _CODE
        if inside and token.name and token.name not in _INLINE | _CODE | _FIGURES:
            yield Token("empty", kept.name, kept.start, token.start)
            yield token
            kept = None
        elif token.name == kept.name and token.kind in ("open", "close"):
            depth += 1 if token.kind == "open" else -1
            if not depth:
                yield Token("empty", kept.name, kept.start, token.end)
                kept = None
    if kept is not None:
        yield Token("empty", kept.name, kept.start, len(text))


def _is_kept(text: str, token: Token) -> bool:
    if token.name in _CODE or token.name in _FIGURES or token.name in _KEPT:
        return True
    return bool(_UNTRANSLATED.search(text, token.start, token.end))


def _passage(text: str, run: list[Token], start: int) -> Iterator[Passage]:
    """The passage that a run of tokens without a break makes, if it has words."""
    first, last = _without_edges(text, run)
    line = InlineText()
    for token in run[first:last]:
        raw = text[token.start : token.end]
        if token.kind == "text":
            line.add_text(raw)
        else:
            line.add_tag(raw, hidden=token.kind == "empty" and token.name not in ("img", "wbr"))
    if line.has_words:
        before, after = run[first], run[last - 1]
        head = text[before.start : before.end] if before.kind == "text" else ""
        tail = text[after.start : after.end] if after.kind == "text" else ""
        yield Passage(
            start=start + before.start + len(head) - len(head.lstrip()),
            end=start + after.end - len(tail) + len(tail.rstrip()),
            lines=[line.line().strip()],
            write=partial(write_inline, originals=line.originals),
            marks=tag_ranges,
        )


def _without_edges(text: str, run: list[Token]) -> tuple[int, int]:
    """run[first:last] without what is blank at its edges, and tags there that close or open what lies beyond."""
    first, last = 0, len(run)
    while first < last and _is_edge(text, run[first], "close"):
        first += 1
    while first < last and _is_edge(text, run[last - 1], "open"):
        last -= 1
    return first, last


def _is_edge(text: str, token: Token, kind: str) -> bool:
    if token.kind == "text":
        return not text[token.start : token.end].strip()
    return token.kind in (kind, "other")
