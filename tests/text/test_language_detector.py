from dataclasses import replace

import numpy as np
import pytest

from nmt.errors import ModelError
from nmt.text import language_detector
from nmt.text.language_detector import BUCKETS, LanguageDetector, learn_languages

GERMAN = ["Der Hund ist heute nicht im Haus, und ich weiß nicht warum.", "Wir haben das alte Haus noch nicht gesehen."]
ENGLISH = ["The dog is not in the house today, and I do not know why.", "We have not seen the old house yet."]


@pytest.fixture(scope="module")
def detector():
    return learn_languages({"de": GERMAN * 40, "en": ENGLISH * 40})


def test_the_language_of_a_line_is_found(detector):
    for language, lines in (("de", ["Das Haus ist nicht alt.", "HEUTE"]), ("en", ["The house is not old.", "today"])):
        for line in lines:
            [(first, share), (_, other)] = detector.rank(line)
            assert first == language
            assert share > 0.9
            assert share + other == pytest.approx(1)


def test_a_line_without_words_or_without_a_lead_is_in_no_language_more_than_in_another(detector):
    for line in ("", "3.14 + 2 = 5.14", "\U0001f600", "<br/>"):
        assert detector.rank(line) == [] or "br" in line
    even = learn_languages({"de": ["aa bb"] * 9, "en": ["aa bb"] * 9})
    assert even.rank("aa") == []


def test_another_script_or_unknown_words_are_foreign_but_names_and_short_lines_are_not(detector):
    assert detector.is_foreign("Где вокзал?")
    assert detector.is_foreign("東京はどこですか")
    assert not detector.is_foreign("je ne sais vraiment plus où il habite maintenant")  # too few lines to know
    detector = replace(detector, least=-9.0)
    assert detector.is_foreign("je ne sais vraiment plus où il habite maintenant")
    for line in ("Das Haus ist nicht alt und nicht im Haus.", "Xiomara Łukasiewicz", "où habite", "", "$x = foo(bar)"):
        assert not detector.is_foreign(line), line


def test_probabilities_are_those_of_counts_by_hand(monkeypatch):
    monkeypatch.setattr(language_detector, "_buckets", lambda word: (len(word), BUCKETS - 1))
    found = learn_languages({"de": ["ab ab abc"], "en": ["abc"]})
    # Buckets 2 and 3 count words of two and three letters, the last one all of them; each begins with 0.5.
    de, en = found.log_probs[:, [2, 3, BUCKETS - 1]]
    np.testing.assert_allclose(de, np.log(np.array([2.5, 1.5, 3.5]) / (6 + 0.5 * BUCKETS)), atol=0.01)
    np.testing.assert_allclose(en, np.log(np.array([0.5, 1.5, 1.5]) / (2 + 0.5 * BUCKETS)), atol=0.01)


def test_it_comes_back_from_bytes_as_it_was(detector):
    again = LanguageDetector.from_bytes(detector.to_bytes(), "languages.bin")
    np.testing.assert_array_equal(again.log_probs, detector.log_probs)
    assert (again.languages, again.least) == (detector.languages, detector.least)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-9],
        lambda data: b"{}" + data[data.index(b"\n") :],
        lambda data: data.replace(b"nmt languages 1", b"nmt languages 2"),
        lambda data: data.replace(b'"least": -', b'"least": -1e999'),
        lambda data: b"[" * 100_000 + data,
    ],
)
def test_what_is_damaged_is_refused_by_name(detector, damage):
    with pytest.raises(ModelError, match=r"folder/languages\.bin: does not tell languages apart"):
        LanguageDetector.from_bytes(damage(detector.to_bytes()), "folder/languages.bin")
