import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.protection.number_format import convert_numbers


@pytest.mark.parametrize(
    ("text", "source", "target", "written"),
    [
        ("1.234,50", "de", "en", "1,234.50"),
        ("1,234.50", "en", "de", "1.234,50"),
        ("-3,5 °C, 12,5km, 0,75 %, (1.000.000 €)", "de", "en", "-3.5 °C, 12.5km, 0.75 %, (1,000,000 €)"),
        ("1,5-2,5 und 3,5.", "de", "en", "1.5-2.5 und 3.5."),
        ("1 234,5", "fr", "en", "1,234.5"),
        ("1\u00a0234\u00a0567 1\u202f234", "fr", "en", "1,234,567 1,234"),
        ("1,234.5", "en", "fr", "1\u202f234,5"),
        ("1'234.50 1’234.50", "de-CH", "de", "1.234,50 1.234,50"),
        ("1234,5", "de", "en", "1234.5"),
        ("3.5.2026", "de", "en", "5/3/2026"),
        ("am 03.05.2026 um 7,5", "de", "en", "am 05/03/2026 um 7.5"),
        ("3.5.2026", "de", "en-GB", "03/05/2026"),
        ("5/3/2026", "en", "de", "3.5.2026"),
        ("12/31/2026", "en-US", "fr", "31/12/2026"),
        ("3.5.2026", "de", "sv", "2026-05-03"),
    ],
)
def test_numbers_and_dates_are_written_as_the_other_language_does(text, source, target, written):
    assert convert_numbers(text, source, target) == written


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "2026",
        "1.5",
        "1.2.3",
        "192.168.1.100",
        "15:45",
        "1.23,5",
        "12,",
        "31.2.2026",
        "3.5.26",
        "3.5.",
        "A1,5",
        "1.2345",
    ],
)
def test_what_is_no_german_number_stays(text):
    assert convert_numbers(text, "de", "en") == text


@pytest.mark.parametrize("text", ["31/12/2026", "1/2", "1,5", "1,2,3", "2026-05-03", "v1.2.3"])
def test_what_is_no_english_number_stays(text):
    assert convert_numbers(text, "en", "de") == text


def test_languages_without_a_table_change_nothing():
    assert convert_numbers("1.234,50", "de", "xx") == "1.234,50"
    assert convert_numbers("1.234,50", "xx", "de") == "1.234,50"


@given(st.integers(0, 10**12), st.integers(1, 9))
def test_there_and_back_gives_the_same(whole, decimals):
    text = f"{whole:,}.{decimals}"
    german = convert_numbers(text, "en", "de")
    assert german == f"{whole:,}".replace(",", ".") + f",{decimals}"
    assert convert_numbers(german, "de", "en") == text


@given(st.text(alphabet="0123456789.,/:-'’ \u00a0a", max_size=30))
def test_digits_are_neither_lost_nor_added(text):
    digits = sorted(filter(str.isdigit, convert_numbers(text, "fr", "de")))
    assert [digit for digit in digits if digit != "0"] == [digit for digit in sorted(text) if digit in "123456789"]


@pytest.mark.parametrize("piece", ["1", "1.", "1,", "123.", "1.2.", "1 ", "01.01.2026 "])
def test_a_megabyte_is_a_line_like_any_other(piece):
    text = piece * (1_000_000 // len(piece))
    assert convert_numbers(text, "de", "de") == text
