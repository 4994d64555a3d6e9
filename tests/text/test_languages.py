import pytest

from nmt.errors import ConfigError
from nmt.text.languages import check_languages, in_wrong_script, language_of_script, scripts_of


@pytest.mark.parametrize(("source", "target"), [("de", "en"), ("pt-BR", "pt"), ("kab", "zh-Hant-TW")])
def test_codes_with_and_without_subtags_are_languages(source, target):
    check_languages(source, target)


@pytest.mark.parametrize("code", ["d", "german", "DE", "de_DE", "de/..", "de\n"])
def test_what_is_no_language_code_is_refused(code):
    with pytest.raises(ConfigError, match="is not a language code"):
        check_languages("en", code)


@pytest.mark.parametrize(("source", "target"), [("en", ""), ("", "en"), ("", "")])
def test_a_language_that_is_missing_is_asked_for(source, target):
    with pytest.raises(ConfigError, match=r"not given; set them in the configuration or with --source, --target"):
        check_languages(source, target)


def test_one_language_twice_is_refused():
    with pytest.raises(ConfigError, match="both de"):
        check_languages("de", "de")


def test_languages_may_have_several_scripts_and_subtags_change_none():
    assert scripts_of("sr-Latn") == {"LATIN", "CYRILLIC"}
    assert scripts_of("ja") == {"CJK", "HIRAGANA", "KATAKANA"}
    assert scripts_of("tlh") == set()


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Привет, мир", "de", True),
        ("Hello, world", "ru", True),
        ("das Wort мир", "de", False),  # 7 Latin letters, 3 others
        ("ab мир", "de", True),  # 2 and 3
        ("abc мир", "de", False),  # half is not most
        ("3,14 + 2 = ?!", "ru", False),  # no letters
        ("猫がすき。", "ja", False),
        ("猫がすき。", "zh", True),  # 1 Chinese character, 3 hiragana
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "en", False),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "ru", True),
        ("Füße, œuvre, ŝipo, đá", "de", False),
        ("qo'noS πλ", "tlh", False),  # a language that is not known
        ("한국어", "ko", False),
        ("किताब", "hi", False),
        ("ภาษาไทย", "th", False),
        ("שלום", "ar", True),
    ],
)
def test_text_is_in_the_wrong_script_if_most_of_its_letters_are(text, language, wrong):
    assert in_wrong_script(text, scripts_of(language)) is wrong


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (["猫坐在垫子上。", "我今天在这里。"], "zh"),
        (["猫がマットの上に座った。"], "ja"),
        (["東京都議会議員選挙結果速報です"], "ja"),  # 2 of 15 are kana
        (["고양이가 매트 위에 앉았다."], "ko"),
        (["แมวนั่งบนเสื่อ"], "th"),
        (["ແມວນັ່ງ"], "lo"),
        (["ဟုတ်ကဲ့"], "my"),
        (["我用 Windows 系统"], "zh"),  # 4 letters and 7
        (["He said 你好 to everybody in the room."], ""),
        (["the cat sat on the mat", "кошка", "γάτα"], ""),
        (["123"], ""),
        ([], ""),
    ],
)
def test_a_script_may_tell_a_language_that_is_not_scored_by_words_between_spaces(lines, language):
    assert language_of_script(lines) == language
