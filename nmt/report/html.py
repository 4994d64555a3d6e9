"""HTML pages that load nothing and run nothing: elements whose text is always text, and a page with its style.

Elements are those of the standard library's ElementTree, which escapes whatever stands in them.
"""

import base64
import hashlib
from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from nmt.io.lines import clean_output
from nmt.report.style import STYLE

Content = Element | str | None

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# No script, picture, font or address at all; the style is the one that has this sum.
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def element(tag: str, *content: Content | Iterable[Content], **attributes: object) -> Element:
    """An element with texts and elements in it, None standing for nothing.

    An attribute's name is written with _ for each hyphen and, where it is a word of Python, with one behind it. One
    that is None is left out. Characters that no text may hold, such as controls, are removed.
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            made.set(name.rstrip("_").replace("_", "-"), _clean(str(value)))
    for each in content:
        _append(made, each)
    return made


def section(title: str, *content: Content | Iterable[Content]) -> Element:
    """A part of a page that the list at its top leads to."""
    return element("section", element("h2", title), *content)


def table(heads: Iterable[str], rows: Iterable[Iterable[Content]], *, caption: str | None = None) -> Element:
    """A table, whose first column names its rows; it scrolls by itself where it is wider than the screen."""
    head = element("tr", (element("th", name, scope="col") if name else element("td") for name in heads))
    body = [
        element("tr", (element("td", cell) if place else element("th", cell, scope="row") for place, cell in cells))
        for cells in map(enumerate, rows)
    ]
    described = element("caption", caption) if caption else None
    return scrolled(element("table", described, element("thead", head), element("tbody", body)), caption or "table")


def scrolled(content: Element, label: str) -> Element:
    """Something that may be wider than the screen, which the keyboard can scroll, too."""
    return element("div", content, class_="scrolled", tabindex=0, role="region", aria_label=label)


def details(summary: str, *content: Content | Iterable[Content], open_: bool = False) -> Element:
    """Something that is shown on demand."""
    return element("details", element("summary", summary), *content, open="" if open_ else None)


def text(content: str, tag: str = "span", **attributes: object) -> Element:
    """A user's or a model's text, whose direction is its own and changes nothing outside of it."""
    return element(tag, content, dir="auto", **attributes)


def page(title: str, sections: Iterable[Element], *, note: str) -> str:
    """A whole page, with links to its sections at the top; note says where it comes from."""
    parts = list(sections)
    links = []
    for number, part in enumerate(parts, start=1):
        part.set("id", f"s{number}")
        links.append(element("li", element("a", part[0].text or "", href=f"#s{number}")))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
    )
    style = Element("style")
    style.text = STYLE
    head.append(style)
    body = element(
        "body",
        element("header", element("h1", title), element("nav", element("ul", links), aria_label="sections")),
        element("main", parts),
        element("footer", element("p", note)),
    )
    return "<!doctype html>\n" + tostring(element("html", head, body, lang="en"), encoding="unicode", method="html")


def _append(parent: Element, content: Content | Iterable[Content]) -> None:
    if content is None:
        return
    if isinstance(content, Element):
        parent.append(content)
    elif isinstance(content, str):
        cleaned = _clean(content)
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + cleaned
        else:
            parent.text = (parent.text or "") + cleaned
    else:
        for each in content:
            _append(parent, each)


def _clean(text: str) -> str:
    return clean_output(text, text)
