"""Promise 23: a line with nothing to translate comes back unchanged, but for what promise 10 keeps from stdout."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import load_translator
from nmt.decoding.translator import translate_chunks
from nmt.io.lines import clean_output
from nmt.stages.translate import translate_lines

LINES = [
    "", " ", "\t \t", "\u00a0", "\u3000", "\u200b\u200b", "\ufeff", "\u00ad", "\u0301", "\u2066\u2069",
    "---", "***", "…", "!?", "「」", "→ ←", "═══╪═══", "|  |  |", "( ) [ ] { }", "\"'„“", "\u200d",
    "🎉", "👍🏽 🇩🇪 👨\u200d👩\u200d👧", "✓ ✗ ★★☆", "♥", "€ $ £", "§ 5", "№ 7", "© ® ™",
    "7", "4711", "3.499,50 €", "12.000, 7 - 8!", "15:45", "2024-05-17", "1/2 ½ 10²", "-5 °C | 12 %", "٣ ١٢٣",
    "1. 2. 3.", "https://example.org/a?b=1&c=%20", "www.example.org/a_b", "tom@example.org, a@b.de", "@tom #topic",
    "src/main.py", "{name}", "%s %1$s", "${x}", "{{ x }}", "<br/>", "<b></b>", "`x = 1`", "&amp; &nbsp;",
    "<ph0> <ph19>", "Obermüller 7", "Москва далеко.", "東京は大きい。", "الطقس جميل", "ภาษาไทย", "שלום",
    "한국어", "ქართული",
]  # fmt: skip


@pytest.mark.parametrize("name", ["toy_model", "toy_hiding"])
def test_symbols_numbers_addresses_and_other_scripts_come_back_as_they_are(request, name):
    lines = [line for line in LINES if name == "toy_hiding" or "Ober" not in line]  # without placeholders no names
    model = request.getfixturevalue(name)
    assert list(translate_lines(model, lines)) == lines
    assert list(translate_lines(model, [f"  {line}\t" for line in lines])) == [f"  {line}\t" for line in lines]


@pytest.fixture(scope="module")
def model(toy_hiding):
    return load_translator([toy_hiding])


@given(st.text(st.characters(exclude_categories=["Cs", "L"], exclude_characters="\n"), max_size=30))
@settings(max_examples=200, deadline=None)
def test_text_without_a_letter_comes_back_as_it_is(model, line):
    [found] = translate_chunks(model, [[line]], DecodingConfig())
    assert found.text == clean_output(line, line)
    assert found.alternatives[0].confidence == 1.0


def test_control_characters_go_and_places_are_counted_without_them(model):
    [found] = translate_chunks(model, [["\x1b[31m 7 \x00| 12 %\x85"]], DecodingConfig())
    assert found.text == "[31m 7 | 12 % "
    items = [(item.text, item.status, found.text[slice(*item.target)]) for item in found.alternatives[0].items]
    assert items[-2:] == [("7", "copied", "7"), ("12 %", "copied", "12 %")]


def test_control_characters_of_what_must_come_through_go_too_and_that_is_said(model):
    [found] = translate_chunks(model, [["eins Hund https://example.org/\x1b[31m."]], DecodingConfig())
    assert found.text == "one dog https://example.org/[31m."
    assert [item.status for item in found.alternatives[0].items] == ["lost"]


def test_what_has_nothing_to_translate_changes_nothing_for_its_neighbours(toy_hiding):
    words = ["eins Hund.", "Haus und Baum 7.", "Katze."]
    mixed = [*LINES, *words]
    random.Random(23).shuffle(mixed)
    found = dict(zip(mixed, translate_lines(toy_hiding, mixed), strict=True))
    assert [found[line] for line in words] == ["one dog.", "house and tree 7.", "cat."]
    assert all(found[line] == line for line in LINES)
