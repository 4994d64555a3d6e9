"""`nmt translate` without --source: each line from the language that it is in."""

import io
import json
import sys

import pytest

from nmt.cli.main import main


@pytest.fixture
def translate(monkeypatch, capfdbinary, toy_both):
    """Run `nmt translate` on lines; returns stdout and stderr."""

    def run(*lines, options=()):
        stdin = io.TextIOWrapper(io.BytesIO("".join(line + "\n" for line in lines).encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "argv", ["nmt", "translate", "--model", str(toy_both), *options])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 0
        return [each.decode() for each in capfdbinary.readouterr()]

    return run


def test_each_line_is_translated_from_its_own_language_and_the_others_are_told(translate):
    out, err = translate("Hund.", "dog.", "", "Где вокзал?")
    assert out == "dog.\nHund.\n\nГде вокзал?\n"
    assert err.splitlines() == [
        "nmt: warning: stdin: line 2 is taken for en; --source decides",
        "nmt: warning: stdin: line 4 is in another language and left alone; --source decides",
    ]


def test_a_language_that_is_named_decides(translate):
    out, err = translate("Hund.", "Hund.", options=["--source", "de"])
    assert (out, err) == ("dog.\ndog.\n", "")
    out, err = translate("dog.", options=["--target", "de"])
    assert (out, err) == ("Hund.\n", "")


def test_json_says_what_a_line_was_taken_for(translate):
    out, _ = translate("dog.", "Где вокзал?", options=["--json"])
    first, second = map(json.loads, out.splitlines())
    assert (first["language"], first["translations"][0]["text"]) == ("en", "Hund.")
    assert (second["language"], second["translations"][0]["text"]) == (None, "Где вокзал?")
