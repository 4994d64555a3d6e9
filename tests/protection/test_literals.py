import time

import pytest

from nmt.protection.literals import find_literals, hide, only_literals, show
from nmt.protection.words import word_set

KNOWN = word_set("um uhr kosten stück euro am mai siehe und schreib ruf tom fuhr nach boston es gab von also ein text")


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
    hidden, found = hide("Tom traf Obermüller und Krzyzewski-Kowalski, O. Einstein's in ÄGYPTEN.", {"tom", "ägypten"})
    assert hidden == "Tom traf <ph0> und <ph1>-<ph2>, O. <ph3>'s in ÄGYPTEN."
    assert list(found.values()) == ["Obermüller", "Krzyzewski", "Kowalski", "Einstein"]


def test_combining_marks_do_not_cut_words():
    assert hide("Mu\u0308ller mag Häuser", {"häuser", "mag"})[0] == "<ph0> mag Häuser"


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


def test_a_placeholder_that_stands_for_nothing_is_text():
    assert show("a <ph1>b <ph0>", {"<ph0>": "7"}) == "a <ph1>b 7"


def test_a_text_of_placeholders_has_no_letter_besides():
    assert only_literals("<ph0>, <ph1>!")
    assert not any(map(only_literals, ["<ph0> b", "...", "", "ж <ph0>"]))


@pytest.mark.parametrize(
    "piece", ["a", "1", "a.", "1,", "a@", "www.", "http://", "+", "A1", "1 ", "@a.", "..", "a-", "\u0315"]
)
def test_no_megabyte_takes_long(piece):
    text = piece * (1_000_000 // len(piece))
    started = time.monotonic()
    hidden, found = hide(text, ())
    assert time.monotonic() - started < 5
    assert show(hidden, found) == text
