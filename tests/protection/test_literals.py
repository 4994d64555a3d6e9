import pytest
from tests_growth import takes_linear_time

from nmt.protection.literals import NAMES_EVERY, find_literals, hide, hide_shared, known_words, only_literals, show

KNOWN = known_words(
    ["Um Uhr kosten Stück Euro Am Mai Siehe Und Schreib Ruf Tom fuhr nach Boston Es gab von also ein Text"] * 2
)
PLAIN = 1  # a pair of which names are not hidden


@pytest.mark.parametrize(
    ("text", "literals"),
    [
        ("Um 15:45 Uhr kosten 7 Stück 3.499,50 Euro.", ["15:45", "7", "3.499,50"]),
        ("Am 3. Mai 2026, Hauptstr. 47, 10115 Berlin.", ["3", "2026", "47", "10115"]),
        ("Ruf +49 30 123456 an, oder 0151/234-567!", ["+49 30 123456", "0151/234-567"]),
        ("Siehe https://example.org/a?b=1&c=%20.", ["https://example.org/a?b=1&c=%20"]),
        ("Und (www.example.org/x/)", ["www.example.org/x/"]),
        ("Schreib an tom.meier+x@mail.example.org.", ["tom.meier+x@mail.example.org"]),
        ("MP3 im A4-Format, 5% von 10 km", ["MP3", "A4", "5", "10"]),
        ("x86_64 und Ü30, 3D, 10\u00a0000", ["x86_64", "Ü30", "3D", "10\u00a0000"]),
        ("in den 1990ern, 2nd, 10km, Tom, a@b", []),
        ("Frag @tom_meier zu #Wetter", ["@tom_meier", "#Wetter"]),
        ("ein <ph3> im Text", ["<ph3>"]),
        ("٣ und ½", ["٣"]),
        ("", []),
    ],
)  # fmt: skip
def test_numbers_and_addresses_are_found_and_come_back(text, literals):
    assert find_literals(text) == literals
    hidden, found = hide(text, KNOWN)
    assert set(literals) <= set(found.values())
    assert not any(literal in hidden for literal in literals if len(literal) > 1 and not literal.startswith("<ph"))
    assert show(hidden, found) == text


def test_words_with_a_capital_that_are_not_known_are_taken_for_names():
    assert known_words(["Das Haus, das rote Auto", "auto Kran"]) == {"das", "auto"}
    hidden, found = hide("Tom traf Obermüller und Krzyzewski-Kowalski, O. Einstein's in ÄGYPTEN.", {"tom", "ägypten"})
    assert hidden == "Tom traf <ph0> und <ph1>-<ph2>, O. <ph3>'s in ÄGYPTEN."
    assert list(found.values()) == ["Obermüller", "Krzyzewski", "Kowalski", "Einstein"]


def test_combining_marks_do_not_cut_words():
    assert hide("Mu\u0308ller mag Häuser", {"häuser", "mag"})[0] == "<ph0> mag Häuser"
    assert hide_shared("Mu\u0308ller", "Müller", PLAIN, ()) == ("<ph0>", "<ph0>")


def test_equal_literals_share_a_placeholder_and_more_than_ten_stay():
    assert hide("7 oder 8, nicht 7", ()) == ("<ph0> oder <ph1>, nicht <ph0>", {"<ph0>": "7", "<ph1>": "8"})
    many = ", ".join(str(number) for number in range(100, 112))
    hidden, found = hide(many, ())
    assert (len(found), hidden[-15:]) == (10, "<ph9>, 110, 111")
    assert show(hidden, found) == many


def test_where_there_are_too_few_placeholders_names_go_without_before_numbers():
    hidden, found = hide("Aa Bb Cc Dd Ee Ff Gg Hh Ii Jj 7 Kk", ())
    assert hidden == "<ph0> <ph1> <ph2> <ph3> <ph4> <ph5> <ph6> <ph7> <ph8> Jj <ph9> Kk"
    assert found["<ph9>"] == "7"


def test_text_that_looks_like_a_placeholder_is_never_taken_for_one():
    text = ", ".join([*map(str, range(100, 112)), "<ph3>"])
    hidden, found = hide(text, ())
    assert found["<ph9>"] == "<ph3>"
    assert show(hidden, found) == text
    assert hide("＜ph0＞ 7", ()) == ("<ph0> <ph1>", {"<ph0>": "＜ph0＞", "<ph1>": "7"})


def test_a_pair_shares_what_both_sides_have_as_often():
    pair = ("Es gab 7 von 12, also 7.", "There were 7 of 12 (7), or 58%.")
    assert hide_shared(*pair, PLAIN, KNOWN) == (
        "Es gab <ph0> von <ph1>, also <ph0>.",
        "There were <ph0> of <ph1> (<ph0>), or 58%.",
    )
    assert hide_shared("3 und 3", "3 and three", PLAIN, KNOWN) == ("3 und 3", "3 and three")


def test_unknown_words_are_hidden_where_both_sides_have_the_same_or_each_has_one():
    known = {"er", "mag", "he", "likes", "und", "and"}
    assert hide_shared("Er mag Obermüller.", "He likes Obermüller.", PLAIN, known)[1] == "He likes <ph0>."
    assert hide_shared("Er mag Nektarinen.", "He likes nectarines.", PLAIN, known) == (
        "Er mag <ph0>.",
        "He likes <ph0>.",
    )
    for target in (
        "He likes nectarines today.",
        "He likes.",
        "He likes nectarines and nectarines.",
    ):  # two, none: nobody knows which it is
        assert hide_shared("Er mag Nektarinen.", target, PLAIN, known) == ("Er mag Nektarinen.", target)


def test_every_fourth_pair_hides_names_and_begins_with_the_next_placeholder():
    pair = ("Tom fuhr 1990 nach Boston.", "Tom went to Boston in 1990.")
    assert hide_shared(*pair, PLAIN, KNOWN)[0] == "Tom fuhr <ph0> nach Boston."
    assert hide_shared(*pair, 0, KNOWN) == ("<ph0> fuhr <ph1> nach <ph2>.", "<ph0> went to <ph2> in <ph1>.")
    decoder_start_ids = {hide_shared(*pair, number * NAMES_EVERY, KNOWN)[0][:5] for number in range(10)}
    assert decoder_start_ids == {f"<ph{number}>" for number in range(10)}


def test_a_placeholder_that_stands_for_nothing_is_text():
    assert show("a <ph1>b <ph0>", {"<ph0>": "7"}) == "a <ph1>b 7"


def test_a_text_of_placeholders_has_no_letter_besides():
    assert only_literals("<ph0>, <ph1>!")
    assert not any(map(only_literals, ["<ph0> b", "...", "", "ж <ph0>"]))


@pytest.mark.parametrize(
    "piece", ["a", "1", "a.", "1,", "a@", "www.", "http://", "+", "A1", "1 ", "@a.", "..", "a-", "\u0315"]
)
def test_a_long_line_takes_linear_time(piece):
    def there_and_back(text):
        assert show(*hide(text, ())) == text

    assert takes_linear_time(there_and_back, piece * (160_000 // len(piece)))
