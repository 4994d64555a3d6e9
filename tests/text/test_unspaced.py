import pytest

from nmt.text.unspaced import is_split, is_unspaced, join_words


@pytest.mark.parametrize(
    ("split", "joined"),
    [
        ("我 今天 在 那里 。", "我今天在那里。"),
        ("私 は コーヒー を 飲む 。", "私はコーヒーを飲む。"),
        ("我 用 Windows 系统", "我用 Windows 系统"),  # people write this either way
        ("3 月 5 日 , 星期 一", "3月5日,星期一"),
        ("他 说 “ 你好 ” 。", "他说“你好”。"),
        ("ฉัน กิน ข้าว", "ฉันกินข้าว"),
    ],
)
def test_words_that_were_split_are_joined(split, joined):
    assert is_split(split)
    assert join_words(split) == joined
    assert not is_split(joined)


@pytest.mark.parametrize(
    "text",
    ["我今天在那里。", "我用 Windows 系统", "I am here.", "", "ภาษาไทยเป็นภาษาราชการ และภาษาประจำชาติ", "北京 2008"],
)
def test_text_as_people_write_it_is_not_split(text):
    assert not is_split(text)


def test_spaces_between_other_letters_stay():
    assert join_words("two words , 한국어 문장 .") == "two words , 한국어 문장 ."


def test_some_languages_have_no_spaces_between_words():
    assert [is_unspaced(code) for code in ("zh", "zh-Hant-TW", "ja", "th", "ko", "de")] == [True] * 4 + [False] * 2
