"""What is found in a text from its letters alone, in the same way in training and in use: markup and literals."""

from collections.abc import Iterable

from nmt.protection.literals import literal_spans
from nmt.protection.markup import find_markup
from nmt.protection.spans import Span, disjoint


def find_written(text: str, given: Iterable[Span] = ()) -> list[Span]:
    """The spans that are given, such as those of find_patterns, and the markup and literals outside of them.

    Where markup and literals overlap, the longer stays: of <a href="https://…"> the tag, of https://x.org/{id} the
    address.
    """
    return disjoint(given, [*find_markup(text), *literal_spans(text)])
