import re
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.protection.literals import comparable, literal_spans


def mark(text):
    """A text with each span in double brackets."""
    for span in reversed(literal_spans(text)):
        text = f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"
    return text


def found(text):
    return [text[span.start : span.end] for span in literal_spans(text)]


@pytest.mark.parametrize(
    "marked",
    [
        # numbers with what belongs to them
        "⟦-12 °C⟧, ⟦−12,5 %⟧, ⟦±2⟧, ⟦5%⟧, (⟦-5⟧)",
        "⟦11 kg⟧, ⟦12km⟧, ⟦80 km/h⟧, ⟦5 l/100 km⟧, ⟦100 kWh⟧, ⟦10 µg/m³⟧",
        "⟦3.499,50 €⟧, ⟦$5.99⟧, ⟦EUR 20⟧, ⟦20 EUR⟧, ⟦-$5⟧, ⟦US$5⟧, ⟦20,- €⟧",
        "⟦1.234.567,89⟧ ⟦1 000 000⟧ ⟦1\u00a0000\u202f000⟧",
        "⟦1/2⟧, ⟦½⟧, ⟦1½⟧, ⟦2:1⟧, ⟦3x⟧, ⟦10–12⟧, ⟦10²⟧, ⟦1.5e-3⟧",
        "⟦1920x1080⟧, ⟦10 x 20 cm⟧, ⟦3 × 4 m⟧",
        "⟦≥18⟧, ⟦~5⟧, ⟦§ 5⟧, ⟦№5⟧",
        "⟦11⟧, ⟦22⟧, ⟦33⟧ und ⟦44⟧",
        "⟦٣⟧ Tage, ⟦١٢٣⟧",
        # words are not protected, nor what is written otherwise in the other language
        "⟦7⟧ Stück, ⟦3,5⟧ Mio. Euro, ⟦5⟧Euro, ⟦10⟧Uhr",
        "⟦15:45⟧ Uhr, ⟦3⟧. Mai, ⟦3⟧rd, ⟦2⟧nd, ⟦1990⟧er, ⟦1990⟧s, ⟦80⟧s, ⟦100%⟧ig",
        "In ⟦1990⟧ A new law, ⟦5⟧ A",
        "⟦5⟧-jährig, ⟦24⟧-Stunden-Dienst",
        # dates and times
        "⟦17.05.2024⟧, ⟦5/17/2024⟧, ⟦2024-05-17⟧, ⟦2024-05-17T12:00:00Z⟧",
        "⟦8:30–9:15⟧, am ⟦1⟧.–⟦3⟧. Mai",
        # codes
        "⟦A4⟧-Format, ⟦mp3⟧, ⟦H2O⟧, ⟦x86_64⟧, ⟦Ü30⟧, ⟦3D⟧, ⟦G7⟧-Gipfel",
        "⟦COVID-19⟧, ⟦SARS-CoV-2⟧, ⟦A320-200⟧, ⟦EU-27⟧-Staaten",
        "⟦DIN EN 10204⟧, ⟦ISO 9001:2015⟧, ⟦C++⟧, ⟦C#⟧, ⟦.NET⟧, ⟦R&D⟧",
        "IBAN ⟦DE89 3704 0044 0532 0130 00⟧",
        "ISBN ⟦978-3-16-148410-0⟧, ⟦3-16-148410-X⟧",
        "⟦v1.2.3⟧, ⟦2.0rc1⟧, ⟦Python3.11⟧, ⟦0x1F⟧",
        "⟦xK7#pQ2!v⟧, ⟦a1$b2⟧. Lehrer*innen, x*y",
        "⟦snake_case⟧, ⟦foo()⟧, ⟦--long=3⟧, ⟦-o⟧",
        "Kolleg_innen, und/oder, m/w/d, Haupt- und, Ende.Der",
        # telephone numbers
        "⟦+49 (0)30 1234-567⟧, ⟦+49 30 123456⟧.",
        "⟦0151/234-567⟧, ⟦(030) 123456⟧, ⟦(555) 123-4567⟧",
        # addresses
        "Siehe ⟦https://example.org/a?b=1&c=%20⟧. (⟦www.example.org/x/⟧)",
        "⟦https://de.wikipedia.org/wiki/A_(B)⟧, „⟦https://x.de⟧“",
        "⟦tom.meier+x@mail.example.org⟧. ⟦example.org⟧, ⟦docs.example.com/a⟧.",
        "Frag ⟦@tom_meier⟧ zu ⟦#Wetter⟧, ⟦@a@b.social⟧",
        "⟦config.toml⟧, ⟦src/main.py⟧, ⟦/usr/local/bin⟧, ⟦~/x⟧. ⟦README.md⟧.",
        r"⟦C:\Users\x⟧. ⟦\\server\a⟧",
        "Ein Text ohne alles, wirklich.",
        "",
    ],
)  # fmt: skip
def test_literals_are_found_with_what_belongs_to_them(marked):
    assert mark(re.sub("[⟦⟧]", "", marked)) == marked


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Am 3. Mai um 15:45 Uhr.", "On May 3rd at 15:45."),
        ("In den 1990er Jahren fuhr er 80 km/h.", "In the 1990s he drove at 80 km/h."),
        ("Das A4-Papier wiegt 11 kg, Nr. 5.", "The A4 paper weighs 11 kg, No. 5."),
        ("Schreib an a@b.de über COVID-19 (S. 12–14).", "Write to a@b.de about COVID-19 (pp. 12–14)."),
        ("Die 5-jährige Tochter, 2 Bücher", "The 5-year-old daughter, 2 books"),
    ],
)  # fmt: skip
def test_the_same_is_found_in_both_languages(german, english):
    assert sorted(found(german)) == sorted(found(english))


def test_literals_compare_alike_whatever_their_spaces_and_signs():
    assert comparable("5\u00a0%") == comparable("5%")
    assert comparable("−12 °C") == comparable("-12°C")
    assert comparable("1,5") != comparable("1.5")


def test_decomposed_words_are_not_cut():
    text = unicodedata.normalize("NFD", "Ü30, für 5 Äpfel, über_alles und #Übung")
    assert found(text) == [unicodedata.normalize("NFD", word) for word in ("Ü30", "5", "über_alles", "#Übung")]


@given(st.text("aBé\u0301 1.,:/-–+€%kmx@#_\\()½", max_size=40))
def test_spans_are_in_order_and_begin_and_end_with_what_shows(text):
    spans = literal_spans(text)
    assert all(here.end <= there.start for here, there in pairwise(spans))
    assert all(shown == shown.strip() != "" for shown in found(text))
