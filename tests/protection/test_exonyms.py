import pytest

from nmt.protection.exonyms import exonyms
from nmt.protection.glossary import find_glossary


def found(text, source, target):
    return [
        (text[term.span.start : term.span.end], term.target) for term in find_glossary(text, exonyms(source, target))
    ]


@pytest.mark.parametrize(
    ("text", "source", "target", "pairs"),
    [
        ("Von München nach Wien.", "de", "en", [("München", "Munich"), ("Wien", "Vienna")]),
        ("From Munich to Vienna.", "en", "de", [("Munich", "München"), ("Vienna", "Wien")]),
        (
            "Neuseeland und Saudi-Arabien",
            "de",
            "en",
            [("Neuseeland", "New Zealand"), ("Saudi-Arabien", "Saudi Arabia")],
        ),
        ("Mexico City, Mexico", "en", "de", [("Mexico City", "Mexiko-Stadt"), ("Mexico", "Mexiko")]),
        ("Reykjavik et Munich", "fr", "de", [("Munich", "München")]),
        ("De Múnich a Londres", "es", "en", [("Múnich", "Munich"), ("Londres", "London")]),
        ("From Munich to Spain", "en-US", "es-MX", [("Munich", "Múnich"), ("Spain", "España")]),
    ],
)
def test_places_and_countries_have_the_other_languages_names(text, source, target, pairs):
    assert found(text, source, target) == pairs


def test_names_that_need_an_article_in_either_language_are_left_out():
    assert found("in der Schweiz, in den Niederlanden, in der Ukraine, in den USA", "de", "en") == []
    assert found("the Netherlands, the United States, the Philippines", "en", "de") == []
    assert found("France, Canada", "en", "fr") == []  # la France, le Canada
    assert found("El Cairo", "es", "en") == []


def test_names_that_are_words_persons_or_inhabitants_as_well_are_not_looked_up():
    assert found("Nice to meet you, Jordan.", "en", "de") == []
    assert found("Die Polen und die Schweden", "de", "en") == []
    assert found("Nizza, Jordanien", "de", "en") == [("Nizza", "Nice"), ("Jordanien", "Jordan")]
    assert found("Vienne trente", "fr", "de") == []


def test_parts_of_words_and_forms_of_names_are_others():
    assert found("Münchens Münchner, Wiener", "de", "en") == []


def test_other_languages_have_none():
    assert found("München", "de", "ja") == []
    assert found("München", "de", "de") == []
