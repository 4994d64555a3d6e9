"""The marks of plain text and Markdown that a translation must have, too: tags, placeholders, links, code."""

import re

from nmt.documents.passages import Range
from nmt.protection.markup import find_markup

# Not emoji, currency signs and the like, which are part of what is said.
_STRUCTURAL = re.compile(r"[<{}\[\]!`*_~\\]|[%$#@]\S")


def structural_marks(text: str) -> list[Range]:
    """Where a line has tags, placeholders, Markdown's marks and code, by the translator's own eyes."""
    return [(span.start, span.end) for span in find_markup(text) if _STRUCTURAL.match(text, span.start, span.end)]
