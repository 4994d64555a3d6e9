"""Regular expressions of the user for what must come through letter by letter."""

from collections.abc import Iterable, Sequence

import regex

from nmt.errors import ConfigError
from nmt.protection.spans import Span, disjoint

LONGEST = 5.0  # seconds that one pattern may take for one text


def compile_patterns(patterns: Iterable[str]) -> list[regex.Pattern[str]]:
    """Compile what --protect was given; ConfigError for what is no regular expression or matches the empty string."""
    return [_compiled(pattern) for pattern in patterns]


def find_patterns(text: str, patterns: Sequence[regex.Pattern[str]]) -> list[Span]:
    """What the patterns match in a text, in order, disjoint; earlier patterns win.

    ConfigError for a pattern that takes longer than LONGEST, as one with nested repetitions such as (a+)+$ does.
    """
    return disjoint(*(_matches(text, pattern) for pattern in patterns))


def _compiled(pattern: str) -> regex.Pattern[str]:
    try:
        compiled = regex.compile(pattern)
    except regex.error as error:
        raise ConfigError(f"--protect {pattern!r}: not a regular expression ({error}); correct it") from None
    if compiled.match("", timeout=LONGEST):
        raise ConfigError(f"--protect {pattern!r}: matches the empty string; make it match one character at least")
    return compiled


def _matches(text: str, pattern: regex.Pattern[str]) -> list[Span]:
    try:
        found = [match.span() for match in pattern.finditer(text, timeout=LONGEST)]
    except TimeoutError:
        raise ConfigError(
            f"--protect {pattern.pattern!r}: took more than {LONGEST:g} s for a line of {len(text)} characters; "
            "write it without a repetition inside a repetition"
        ) from None
    return [Span(start=start, end=end, kind="pattern") for start, end in found if start < end]
