"""Truecasing of text in capitals, of which most models have seen hardly any."""

import re
from collections.abc import Callable
from typing import Any

_WORD = re.compile(r"[^\W\d_]+")


def is_in_capitals(text: str) -> bool:
    """Whether a text of two words or more is all in capitals; a single word in capitals is often an abbreviation."""
    return all(map(str.isupper, filter(str.isalpha, text))) and len(_WORD.findall(text)) > 1


def truecase(text: str, likelihood: Callable[[str], Any]) -> str:
    """Write each word of a text in capitals in lower case, capitalised, or unchanged: whichever is the most likely."""

    def usual(match: re.Match[str]) -> str:
        word = match[0]
        return max((word.lower(), word.capitalize(), word), key=likelihood) if word.isupper() else word

    return _WORD.sub(usual, text)
