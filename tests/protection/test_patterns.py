import pytest

from nmt.errors import ConfigError
from nmt.protection import patterns
from nmt.protection.patterns import compile_patterns, find_patterns


def found(text, *given):
    return [text[span.start : span.end] for span in find_patterns(text, compile_patterns(given))]


def test_matches_are_spans_and_earlier_patterns_win():
    assert found("Ticket ABC-123 und X-9", r"ABC-\d+", r"[A-Z]+-\d") == ["ABC-123", "X-9"]


def test_matches_without_a_character_are_no_spans():
    assert found("ein Wort", r"\b(?=W)|\d+") == []


def test_a_pattern_that_does_not_compile_is_refused_in_one_line():
    with pytest.raises(ConfigError, match=r"^--protect '\(a': not a regular expression .*; correct it$"):
        compile_patterns(["(a"])


@pytest.mark.parametrize("pattern", ["", "a*", "(?:)|b", "^"])
def test_a_pattern_that_matches_the_empty_string_is_refused(pattern):
    with pytest.raises(ConfigError, match="matches the empty string"):
        compile_patterns([pattern])


def test_a_pattern_that_would_never_end_is_given_up(monkeypatch):
    monkeypatch.setattr(patterns, "LONGEST", 0.05)
    with pytest.raises(ConfigError, match="repetition inside a repetition"):
        found("a" * 60 + "b", r"(?:a|a)+$")
