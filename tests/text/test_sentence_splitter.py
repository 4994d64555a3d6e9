import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.sentence_splitter import sentence_starts, split_long


def cut(text, fits, whole=()):
    """The parts that a text is cut into, each of which satisfies fits."""
    return [text[start:end] for start, end in split_long(text, lambda start, end: fits(text[start:end]), whole)]


def words(limit):
    return lambda text: len(text.split()) <= limit


def test_a_text_that_fits_stays_whole_but_for_spaces_round_it():
    assert cut(" One. Two. ", words(2)) == ["One. Two."]


def test_a_long_sentence_is_cut_at_a_pause_before_a_comma_before_a_space():
    assert cut("a b, c d; e f, g h", words(4)) == ["a b, c d;", "e f, g h"]
    assert cut("a b, c d", words(2)) == ["a b,", "c d"]
    assert cut("a b c d", words(2)) == ["a b", "c d"]


def test_what_is_to_stay_whole_is_cut_only_where_nothing_else_is_left():
    # "b; c" is text[2:6]: the text is cut at the space in front of it, and alone it is cut at the pause inside.
    assert cut("a b; c", words(2), [(2, 6)]) == ["a", "b; c"]
    assert cut("a b; c", words(1), [(2, 6)]) == ["a", "b;", "c"]
    assert cut("xxyyyyy", lambda text: len(text) <= 5, [(0, 2), (2, 7)]) == ["xx", "yyyyy"]


def test_text_without_any_cut_is_cut_anywhere_and_nothing_is_lost():
    parts = cut("x" * 1001, lambda text: len(text) <= 10)
    assert "".join(parts) == "x" * 1001
    assert max(map(len, parts)) <= 10


def test_a_single_character_is_a_part_though_it_does_not_fit():
    assert cut("ab", lambda text: False) == ["a", "b"]


def test_blank_texts_have_no_parts():
    assert cut(" \t ", words(1)) == []
    assert cut("", words(1)) == []


@pytest.mark.parametrize(("before", "after"), [(1, 9999), (9999, 1), (3000, 7000), (5000, 5000)])
def test_the_cut_nearest_to_the_middle_is_found_however_far_it_is(before, after):
    halves = ["x" * before + ";", "y" * after]
    assert cut("  ".join(halves), lambda text: text in halves) == halves


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Er ist z. B. weg.  ", "Wir kommen am 3. Mai. ", "Dr. Wolf 🎉 kam. ", "Nr. 5 ist da! ", "Gut."]),
        ("en", ["The U.S. is big. ", "Mr. Young left at 5 p.m. ", "No. 5 is alive."]),
    ],
)
def test_sentences_start_behind_the_space_and_not_behind_abbreviations(language, sentences):
    starts = sentence_starts("".join(sentences), language)
    assert starts == [sum(map(len, sentences[:number])) for number in range(len(sentences))]


def test_sentences_start_alike_in_a_text_of_many_windows():
    sentences = ["Ich bin da. ", "Er wartet, " * 30 + "sagt er. "] * 200
    starts = sentence_starts("".join(sentences), "de")
    assert starts == [sum(map(len, sentences[:number])) for number in range(len(sentences))]


def test_a_sentence_longer_than_a_window_is_one():
    assert sentence_starts("Er wartet, " * 2000 + "sagt er. Gut.", "de") == [0, 22009]


def test_wide_spaces_behind_initials_are_spaces():
    assert sentence_starts("A.\u2028B. kam. Er ging.", "de") == [0, 11]
    assert sentence_starts("A.\u3000B. kam. Er ging.", "de") == [0, 11]


@given(st.text('aB .!?„“"()\u2028\u3000\u00a0🎉3\t', max_size=40), st.sampled_from(["de", "en", "xx"]))
def test_starts_are_in_order_and_inside_of_the_text(text, language):
    starts = sentence_starts(text, language)
    assert starts[:1] == [0][: len(text)]
    assert starts == sorted(set(starts))
    assert all(start < len(text) for start in starts)
