import pytest

from nmt.text.truecasing import is_in_capitals, truecase


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ICH HABE 7 HUNDE.", True),
        ("USA", False),
        ("USA 7", False),
        ("Ich HABE", False),
        ("7 8", False),
        ("", False),
    ],
)
def test_a_text_in_capitals_has_two_words_or_more_and_no_small_letter(text, expected):
    assert is_in_capitals(text) is expected


def test_letters_without_case_are_no_capitals():
    assert not is_in_capitals("我在 IBM 工作")
    assert not is_in_capitals("أعمل في IBM.")


def test_each_word_is_written_as_it_is_likeliest():
    likely = {"Ich", "habe", "Hunger", "USA"}
    found = truecase("ICH HABE HUNGER, <ph0> USA!", lambda word: word in likely)
    assert found == "Ich habe Hunger, <ph0> USA!"
