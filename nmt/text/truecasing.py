"""Text in capitals: most models have seen hardly any, so they are given it in the case that they know."""

import re
from collections.abc import Callable
from typing import Any

_WORD = re.compile(r"[^\W\d_]+")


def is_in_capitals(text: str) -> bool:
    """Whether all letters of a text are capitals, and there are two words or more: one is often an abbreviation."""
    return all(map(str.isupper, filter(str.isalpha, text))) and len(_WORD.findall(text)) > 1


def truecase(text: str, likelihood: Callable[[str], Any]) -> str:
    """A text in capitals with each word small, with a first capital, or as it is: whichever is the likeliest."""

    def usual(match: re.Match[str]) -> str:
        word = match[0]
        return max((word.lower(), word.capitalize(), word), key=likelihood) if word.isupper() else word

    return _WORD.sub(usual, text)
