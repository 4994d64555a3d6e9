import pytest

from nmt.text.sentence_splitter import split_line


def words(limit):
    return lambda text: len(text.split()) <= limit


def test_a_line_that_fits_stays_whole():
    assert split_line(" One. Two. ", "en", words(2), words(2)) == ["One. Two."]


def test_a_paragraph_becomes_its_sentences():
    assert split_line("It rains. We stay.", "en", words(3), words(9)) == ["It rains.", "We stay."]


def test_a_long_sentence_is_cut_at_a_pause_before_a_comma_before_a_space():
    assert split_line("a b, c d; e f, g h", "en", words(1), words(4)) == ["a b, c d;", "e f, g h"]
    assert split_line("a b, c d", "en", words(1), words(2)) == ["a b,", "c d"]
    assert split_line("a b c d", "en", words(1), words(2)) == ["a b", "c d"]


def test_text_without_any_cut_is_cut_anywhere_and_nothing_is_lost():
    parts = split_line("x" * 1001, "en", lambda text: False, lambda text: len(text) <= 10)
    assert "".join(parts) == "x" * 1001
    assert max(map(len, parts)) <= 10


def test_blank_lines_have_no_parts():
    assert split_line(" \t ", "en", words(1), words(1)) == []


@pytest.mark.parametrize(("before", "after"), [(1, 9999), (9999, 1), (3000, 7000), (5000, 5000)])
def test_the_cut_nearest_to_the_middle_is_found_however_far_it_is(before, after):
    halves = ["x" * before + ";", "y" * after]
    assert split_line("  ".join(halves), "en", lambda text: False, lambda text: text in halves) == halves
