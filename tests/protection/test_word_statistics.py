import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import ModelError
from nmt.protection import word_statistics
from nmt.protection.word_statistics import NEVER, Seen, WordStatistics, learn

PAIRS = [
    ("Tom ist im Haus.", "Tom is in the house."),
    ("Toms Haus, Toms Hund", "Tom's house, Tom's dog"),
    ("Maria mag Tom", "Mary likes Tom"),
]


def test_words_are_counted_once_a_pair_with_how_often_the_other_side_has_them():
    statistics = learn(PAIRS, ("de", "en"))
    german, english = statistics.of("de"), statistics.of("en")
    assert (german["Tom"], english["Tom"]) == (Seen(3, 3), Seen(3, 3))
    assert (german["Haus"], german["Maria"], english["Mary"]) == (Seen(2, 0), Seen(1, 0), Seen(1, 0))
    assert (german["ist"], english.get("house")) == (Seen(1, 0), Seen(2, 0))
    assert "Toms" not in german  # its name is counted
    assert statistics.of("fr").get("Tom", NEVER) == Seen(0, 0)


def test_letters_count_alike_however_their_accents_are_written():
    assert learn([("Mu\u0308ller", "Müller")], ("de", "en")).of("de") == {"Müller": Seen(1, 1)}


def test_case_matters():
    assert learn([("Reading", "reading")], ("en", "de")).of("en") == {"Reading": Seen(1, 0)}


def test_small_counts_are_exact_and_great_ones_a_power_of_two_with_sixteenths_of_it_copied():
    pairs = [("Anna Haus", "Anna")] * 16 + [("Haus", "Haus")] * 24
    german = learn(pairs, ("de", "en")).of("de")
    assert german["Anna"] == Seen(16, 16)
    assert german["Haus"] == Seen(32, 18)  # of 40, 24 were copied: nine sixteenths


def test_rare_words_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(word_statistics, "MOST_COUNTED", 10)
    lines = [f"Haus W{'a' * number}" for number in range(1, 100)]
    german = learn([(line, line) for line in lines], ("de", "en")).of("de")
    assert german["Haus"] == Seen(64, 64)
    assert len(german) <= 10


def test_the_most_frequent_words_are_kept(monkeypatch):
    monkeypatch.setattr(word_statistics, "MOST_KEPT", 2)
    assert set(learn([("b a c", ""), ("c", "")], ("de", "en")).of("de")) == {"a", "c"}


def test_a_part_of_a_model_gives_back_what_was_saved_or_some_languages_of_it():
    statistics = learn(PAIRS, ("de", "en"))
    data = statistics.to_bytes()
    assert WordStatistics.from_bytes(data, "words") == statistics
    assert WordStatistics.from_bytes(data, "words", ["de"]).by_language == {"de": statistics.of("de")}


def test_the_same_pairs_give_the_same_bytes():
    reversed_ = learn(reversed(PAIRS), ("de", "en"))
    assert reversed_.to_bytes() == learn(PAIRS, ("de", "en")).to_bytes()


DATA = learn(PAIRS, ("de", "en")).to_bytes()
BOMB = zlib.compress(b"1 0 1\n" + b"a" * (1 << 27))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"word statistics 1",
        b"word statistics 2 de 0\n",
        b"word statistics 1 de\n",
        b"word statistics 1 de x\n",
        DATA[:-1],
        DATA + b"\0",
        DATA.replace(b" de ", b" de -"),
        b"word statistics 1 de %d\n" % len(BOMB) + BOMB,
        b"word statistics 1 de 10\n" + zlib.compress(b"1 0 2\na"),
    ],
)
def test_a_malformed_part_is_a_model_error_that_names_it(data):
    with pytest.raises(ModelError, match=r"model/words: does not hold word statistics .*train the model again"):
        WordStatistics.from_bytes(data, "model/words")


@given(st.binary(max_size=50))
def test_no_bytes_raise_anything_else(tail):
    for data in (tail, b"word statistics 1 de %d\n" % len(tail) + tail, DATA[:40] + tail):
        with pytest.raises(ModelError):
            WordStatistics.from_bytes(data, "words")


def test_joined_statistics_have_each_word_as_where_it_stands_in_more_pairs():
    own = WordStatistics(by_language={"de": {"Haus": Seen(1, 1), "Tom": Seen(16, 16)}})
    other = WordStatistics(by_language={"de": {"Haus": Seen(64, 0)}, "en": {"Tom": Seen(2, 2)}})
    assert own.joined_with(other) == WordStatistics(
        by_language={"de": {"Haus": Seen(64, 0), "Tom": Seen(16, 16)}, "en": {"Tom": Seen(2, 2)}}
    )
