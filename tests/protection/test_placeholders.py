import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.protection.detection import find_written
from nmt.protection.literals import literal_spans
from nmt.protection.placeholders import insert_placeholders, merge_runs, restore_placeholders
from nmt.protection.spans import Span, disjoint

SYMBOLS = [f"<ph{number}>" for number in range(20)]


def inserted(text):
    return insert_placeholders(text, find_written(text), SYMBOLS)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Das ist <b>wichtig</b>.", "Das ist <ph0> wichtig <ph1>."),
        ("**Teil**wort", "<ph0> Teil <ph1> wort"),
        ("Hallo {name}, 5 % und 5 % von 12km", "Hallo <ph0>, <ph1> und <ph2> von <ph3>"),
        ("in den 1990ern", "in den <ph0>ern"),
        ("<b><i>12 km</i></b>", "<ph0> <ph1> <ph2> <ph3> <ph4>"),
        ("Hallo", "Hallo"),
        ("", ""),
    ],
)  # fmt: skip
def test_each_occurrence_has_its_own_symbol_and_markup_a_space_from_words(text, hidden):
    assert inserted(text)[0] == hidden


@pytest.mark.parametrize(
    ("text", "translation", "restored"),
    [
        ("Das ist <b>wichtig</b>.", "This is <ph0> important <ph1>.", "This is <b>important</b>."),
        ("Das ist <b>wichtig</b>.", "<ph0> This <ph1> is it.", "<b>This</b> is it."),
        ("Das ist <b> wichtig </b>.", "This is <ph0> important <ph1>.", "This is <b> important </b>."),
        ("eins<br>zwei", "one <ph0> two", "one<br>two"),
        ("Windows™ ist da", "Windows <ph0> is here", "Windows™ is here"),
        ("Am 3. Mai", "On May <ph0>rd", "On May 3rd"),
        ("**Achtung**: {x} fehlt", "<ph0> Attention <ph1>: <ph2> is missing", "**Attention**: {x} is missing"),
    ],
)  # fmt: skip
def test_in_a_translation_items_are_glued_to_the_sides_on_which_they_were(text, translation, restored):
    assert restore_placeholders(translation, inserted(text)[1]).text == restored


def test_the_places_of_items_are_told_and_of_those_that_are_missing_none():
    _, items = inserted("{a} und {b} und {c}")
    restored = restore_placeholders("<ph1> and <ph0>", items)
    assert restored.text == "{b} and {a}"
    assert restored.places == [(8, 11), (0, 3), None]


def test_a_symbol_that_stands_in_the_text_is_not_used():
    hidden, items = insert_placeholders("<ph0> 7", [Span(start=6, end=7, kind="literal")], SYMBOLS)
    assert hidden == "<ph0> <ph1>"
    assert restore_placeholders(hidden, items).text == "<ph0> 7"


def test_more_spans_than_symbols_are_refused():
    with pytest.raises(ValueError, match="3 spans are more than the 2 symbols"):
        insert_placeholders("1, 2, 3", find_written("1, 2, 3"), SYMBOLS[:2])


def test_runs_of_literals_are_merged_until_there_are_few_enough():
    text = "11, 22; 33 und 44, 55"
    spans = find_written(text)

    def shown(most):
        return [text[span.start : span.end] for span in merge_runs(text, spans, most)]

    assert shown(5) == ["11", "22", "33", "44", "55"]
    assert shown(4) == ["11, 22", "33", "44", "55"]
    assert shown(2) == ["11, 22; 33", "44, 55"]
    assert shown(1) == ["11, 22; 33", "44, 55"]


texts = st.text("ab <>ph01 ,ü\u0308🎉{}", max_size=30)
kinds = st.sampled_from(["markup", "literal", "name"])


@given(texts, st.lists(st.tuples(st.integers(0, 29), st.integers(1, 5), kinds), max_size=8))
def test_what_is_inserted_and_restored_is_the_text_as_it_was(text, drawn):
    spans = disjoint(
        Span(start=start, end=min(start + size, len(text)), kind=kind)
        for start, size, kind in drawn
        if start < len(text)
    )
    hidden, items = insert_placeholders(text, spans, SYMBOLS)
    restored = restore_placeholders(hidden, items)
    assert restored.text == text
    assert restored.places == [(span.start, span.end) for span in spans]


def test_a_symbol_that_stands_in_the_text_itself_is_not_used_unless_an_item_takes_its_place():
    text = "Hund <ph0> und <ph1> 5"
    spans = [Span(start=5, end=10, kind="pattern"), Span(start=21, end=22, kind="literal")]
    hidden, items = insert_placeholders(text, spans, SYMBOLS)
    assert hidden == "Hund <ph0> und <ph1> <ph2>"
    assert [item.text for item in items] == ["<ph0>", "5"]


def test_words_and_numbers_that_the_model_writes_side_by_side_do_not_run_together():
    text, items = insert_placeholders("5324 und 6090", literal_spans("5324 und 6090"), ["<a>", "<b>"])
    assert text == "<a> und <b>"
    assert restore_placeholders("<b><a>.", items).text == "6090 5324."
    touching = [Span(start=0, end=2, kind="literal"), Span(start=2, end=4, kind="name")]
    text, items = insert_placeholders("12km", touching, ["<a>", "<b>"])
    assert restore_placeholders(text, items).text == "12km"
