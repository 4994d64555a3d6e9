import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests_growth import takes_linear_time

from nmt.protection.detection import find_written
from nmt.protection.markup import find_markup
from nmt.protection.pieces import cut_line, foreign_script
from nmt.protection.spans import Span, disjoint
from nmt.text.sentence_splitter import sentence_starts


def german(text):
    return sentence_starts(text, "de")


def cut(line):
    return cut_line(line, find_written(line), german)


def translated(line):
    return [piece.text for piece in cut(line) if piece.translated]


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        ("Ich bin da. Er ist weg.  Sie schläft.", ["Ich bin da.", "Er ist weg.", "Sie schläft."]),
        ("Er war z. B. am 3. Mai mit Dr. Wolf da. Ja.", ["Er war z. B. am 3. Mai mit Dr. Wolf da.", "Ja."]),
        ("Siehe https://x.de/?q=Das. Ist das v1.2.3?", ["Siehe https://x.de/?q=Das.", "Ist das v1.2.3?"]),
        ("{name} kam. {x} ging.", ["{name} kam.", "{x} ging."]),
        ("<b>Tag.</b> Wie geht es?", ["Tag.", "Wie geht es?"]),
        ("<b>Tag. Wie geht es?</b> Gut.", ["Tag.", "Wie geht es?", "Gut."]),
        ("Tag.<br>Wie geht es?<b>Gut</b> ist das.", ["Tag.", "Wie geht es?", "<b>Gut</b> ist das."]),
        ("Wow! 😀 Gut.", ["Wow!", "Gut."]),
        ("- **Wichtig:** Das ist gut. 🎉", ["**Wichtig:** Das ist gut."]),
        ("[Mehr](https://x.de) ist da. [Weiter](x)", ["[Mehr](https://x.de) ist da.", "Weiter"]),
        ('"Ja." "Nein. Gut."', ["Ja.", "Nein.", "Gut."]),
        ("Eins. - Zwei.", ["Eins.", "Zwei."]),
        ("Das ist com.sun.star.Table und string.*-Filter.", ["Das ist com.sun.star.Table und string.*-Filter."]),
        ("Um 15:45 Uhr", ["Um 15:45 Uhr"]),
    ],
)  # fmt: skip
def test_sentences_are_translated(line, sentences):
    assert translated(line) == sentences


@pytest.mark.parametrize(
    "line",
    ["✓", "---", "...", "→", "?", "🎉🎉🎉", "12:30", "5 km", "https://x.de", "a@b.de", "{name}", "`x y`", "<br/>",
     "| 1 | 2 |", "|---|:-:|", "\u200b\u200e", " \u3000", "1. 2. 3.", "(*)", "<ph0>"],
)  # fmt: skip
def test_a_line_without_a_word_is_kept(line):
    assert [(piece.text, piece.translated) for piece in cut(line)] == [(line, False)]


def test_what_is_between_sentences_is_kept():
    pieces = [(piece.text, piece.start, piece.translated) for piece in cut("- Ja.  Nein. ")]
    assert pieces == [("- ", 0, False), ("Ja.", 2, True), ("  ", 5, False), ("Nein.", 7, True), (" ", 12, False)]


def test_a_term_of_the_glossary_is_translated_and_other_spans_alone_are_kept():
    for kind, expected in (("glossary", True), ("pattern", False), ("literal", False), ("markup", False)):
        [piece] = cut_line("Haus", [Span(start=0, end=4, kind=kind)], german)
        assert piece.translated is expected


def test_an_empty_line_has_no_pieces():
    assert cut("") == []


kinds = st.sampled_from(["markup", "pattern", "glossary", "literal"])
roles = st.sampled_from(["word", "mark", "open", "close", "break"])
texts = st.text('aB.!? |\t"()<b>/*-1#>\u200b\u2028🎉ü\u0308', max_size=40)
drawn_spans = st.lists(
    st.tuples(st.integers(0, 39), st.integers(1, 6), kinds, roles, st.none() | st.integers(0, 39)), max_size=8
)


@given(texts, drawn_spans, st.lists(st.integers(0, 39)))
def test_pieces_are_the_line_and_cut_no_span(text, drawn, starts):
    spans = disjoint(
        Span(start=start, end=min(start + size, len(text)), kind=kind, role=role, partner=partner)
        for start, size, kind, role, partner in drawn
        if start < len(text)
    )
    for line_spans, splitter in ((spans, lambda _: sorted(starts)), (find_written(text), german)):
        pieces = cut_line(text, line_spans, splitter)
        assert "".join(piece.text for piece in pieces) == text
        edges = {piece.start for piece in pieces}
        assert all(piece.text and text[piece.start :].startswith(piece.text) for piece in pieces)
        assert not any(span.start < edge < span.end for span in line_spans for edge in edges)


def test_letters_of_other_scripts_are_foreign():
    latin = frozenset(["LATIN"])
    assert foreign_script("Привет, мир", latin)
    assert foreign_script("ᚠᚢᚦ", latin)
    assert foreign_script("你好 OK", frozenset(["LATIN", "CYRILLIC"])) is False
    assert not foreign_script("你好", frozenset(["CJK"]))
    assert not foreign_script("Das Wort мир", latin)
    assert not foreign_script("u\u0308ber 𝒜 12 🎉", latin)
    assert not foreign_script("Привет", frozenset())


@pytest.mark.parametrize(
    "unit",
    ["{", "<", "<a x=\"", "[", "](", "`", "`a ``", "**a ", "_a", "$a ", "{{", "<!--", "\\a{", "%(", "a&uuml", "🎉",
     ":a", "a.", "1.", "1 000 ", "+49 ", "--a", "A-1", "a@", "http://(", "/a", "-1 ~/", "a_", "0a:", "ABCD1", " |",
     "\t", "„", "(", "> ", "\u200b", "u\u0308", "<b>", "a. A", "<b>a. A</b> "],
)  # fmt: skip
@pytest.mark.parametrize("function", [find_markup, cut])
def test_a_long_line_takes_linear_time(function, unit):
    assert takes_linear_time(function, (unit * 16_000)[:16_000])
