"""`nmt translate` without --source: each line from the language that it is in."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from nmt.cli.main import main
from nmt.decoding.by_language import rank_languages
from nmt.protection.word_statistics import Seen, WordStatistics


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


def test_with_a_target_alone_what_is_in_it_already_is_left_alone(translate):
    out, err = translate("Hund.", "dog.", "Где вокзал?", options=["--target", "en"])
    assert out == "dog.\ndog.\nГде вокзал?\n"
    assert err.splitlines() == [
        "nmt: warning: stdin: line 2 is in en already and left alone; --source decides",
        "nmt: warning: stdin: line 3 is in another language and left alone; --source decides",
    ]


def test_a_few_words_are_told_by_how_often_the_training_pairs_have_them():
    frequent, rare = Seen(pairs=32, copied=0), Seen(pairs=4, copied=2)
    statistics = WordStatistics(by_language={"de": {"Hallo": frequent}, "en": {"Hallo": rare}})
    detector = SimpleNamespace(rank=lambda line: [("en", 0.9), ("de", 0.1)])
    assert rank_languages("hallo!", detector, statistics)[0][0] == "de"
    assert rank_languages("Hallo Hallo Hallo Hallo", detector, statistics)[0][0] == "en"  # not few
    assert rank_languages("Xyz", detector, statistics)[0][0] == "en"
    assert rank_languages("Hallo", detector, None)[0][0] == "en"


def test_json_says_what_a_line_was_taken_for(translate):
    out, _ = translate("dog.", "Где вокзал?", options=["--json"])
    first, second = map(json.loads, out.splitlines())
    assert (first["language"], first["translations"][0]["text"]) == ("en", "Hund.")
    assert (second["language"], second["translations"][0]["text"]) == (None, "Где вокзал?")
