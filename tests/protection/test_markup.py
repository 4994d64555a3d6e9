import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.protection.markup import find_markup, find_reserved


def mark(text):
    """A text with each span in double brackets."""
    for span in reversed(find_markup(text)):
        text = f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"
    return text


def found(text):
    return [text[span.start : span.end] for span in find_markup(text)]


def roles(text):
    return [(text[span.start : span.end], span.role) for span in find_markup(text)]


def pairs(text):
    spans = {span.start: span for span in find_markup(text)}
    return [
        (text[span.start : span.end], text[span.partner : spans[span.partner].end])
        for span in spans.values()
        if span.partner is not None and span.partner > span.start
    ]


@pytest.mark.parametrize(
    "marked",
    [
        # HTML and XML
        "Klicken Sie auf ⟦<b>⟧Speichern⟦</b>⟧.",
        '⟦<a href="x?a>b" target=_blank disabled>⟧Hier⟦</a>⟧⟦<br/>⟧',
        "Tom ⟦&amp;⟧ Maria ⟦&nbsp;⟧⟦&#8364;⟧⟦&#x20AC;⟧",
        "⟦M&uuml;ller⟧ ⟦f&uuml;r⟧",
        "a ⟦<!-- b > c -->⟧ d ⟦<!DOCTYPE html>⟧ ⟦<?php x ?>⟧",
        "a ⟦<⟧ b und c ⟦>⟧ d",
        "a ⟦<⟧b und c⟦>⟧ d",
        "⟦<code>if x</code>⟧, ⟦<script>y</script>⟧",
        # templates
        "Hallo ⟦{name}⟧, ⟦{0}⟧ ⟦{0:.2f}⟧ ⟦{}⟧ ⟦{user.name}⟧ ⟦{ x }⟧",
        "⟦{{ x }}⟧ ⟦{% if a %}⟧ja⟦{% endif %}⟧ ⟦{# n #}⟧ ⟦${x}⟧ ⟦#{y}⟧",
        "⟦$x⟧ und ⟦$user->name⟧, ⟦$list[0]⟧",
        "⟦%s⟧ ⟦%1$s⟧ ⟦%d⟧ ⟦%(name)s⟧ ⟦%.2f⟧ ⟦%%⟧ ⟦%-5d⟧ ⟦%@⟧ ⟦%1⟧",
        "⟦%d⟧x⟦%d⟧ und ⟦%s⟧⟦%s⟧",
        "5 ⟦%⟧ der, 5⟦%⟧ der, 100⟦%⟧ig",
        "⟦[[Berlin|die Stadt]]⟧ ⟦[NAME]⟧ ⟦%PATH%⟧",
        "⟦{n, number, integer}⟧",
        "⟦{n, plural, one {⟧⟦#⟧ Tag⟦} other {⟧⟦#⟧ Tage⟦}}⟧",
        # Markdown and others
        "⟦**⟧fett⟦**⟧ ⟦*⟧kursiv⟦*⟧ ⟦__⟧b⟦__⟧ ⟦_⟧i⟦_⟧ ⟦~~⟧x⟦~~⟧",
        "Kolleg*innen und Freund*innen, snake_case",
        "5 ⟦*⟧ 3",
        "⟦`code`⟧ und ⟦``a`b``⟧, Anna`s",
        "⟦```python⟧",
        '⟦[⟧Text⟦](http://a.de/x_(y) "t")⟧ [sic]',
        "⟦![⟧Bild⟦](b.png)⟧, Text⟦[1]⟧ und⟦[^a]⟧",
        "⟦[b]⟧fett⟦[/b]⟧",
        r"eins⟦\n⟧zwei⟦\t⟧drei",
        r"⟦\textbf{⟧fett⟦}⟧ ⟦\cite{a}⟧ ⟦\alpha⟧, ⟦$x^2$⟧",
        # symbols
        "Gut ⟦:tada:⟧ ⟦:+1:⟧ ⟦:)⟧ ⟦;-)⟧ (so:)",
        "um 12:30:45 Uhr: ja",
        "⟦🎉🎉⟧ ⟦👍🏽⟧ ⟦🇩🇪⟧ ⟦👨‍👩‍👧⟧ ⟦1️⃣⟧ ⟦❤️⟧",
        "⟦©⟧ ⟦™⟧ ⟦→⟧ ⟦✓⟧ a ⟦•⟧ b ⟦&⟧ c ⟦§⟧",
        "Tom’s „Hallo“, (nein) – ja… 1/2 x-y",
        # the placeholders' own symbols
        "⟦<ph0>⟧ ⟦<ph12>⟧ ⟦＜ｐｈ１＞⟧ ⟦<2de>⟧",
        "",
    ],
)  # fmt: skip
def test_markup_is_found(marked):
    assert mark(re.sub("[⟦⟧]", "", marked)) == marked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b><i>x</i></b>", [("<b>", "</b>"), ("<i>", "</i>")]),
        ("<b><i>x</b></i>", [("<b>", "</b>"), ("<i>", "</i>")]),
        ("<b>x</b><b>y", [("<b>", "</b>")]),
        ("**a _b_**", [("**", "**"), ("_", "_")]),
        ("[![a](b)](c)", [("[", "](c)"), ("![", "](b)")]),
        (r"\emph{a \textbf{b}}", [(r"\emph{", "}"), (r"\textbf{", "}")]),
        ("<x>y</x>", [("<x>", "</x>")]),
    ],
)  # fmt: skip
def test_marks_know_their_partners(text, expected):
    assert pairs(text) == expected


def test_marks_know_what_they_are_to_the_words_round_them():
    assert roles("<p><b>a</b> {x}<br> 🎉 <name> </i> &nbsp; &XML;") == [
        ("<p>", "break"),
        ("<b>", "open"),
        ("</b>", "close"),
        ("{x}", "word"),
        ("<br>", "mark"),
        ("🎉", "mark"),
        ("<name>", "word"),
        ("</i>", "close"),
        ("&nbsp;", "mark"),
        ("&XML;", "word"),
    ]


def test_decomposed_words_are_no_less_words():
    assert found("u\u0308*u\u0308 _u\u0308_ u\u0308_u\u0308") == ["_", "_"]


def test_what_the_tokenizer_reserves_is_found_alone():
    text = "{x} <ph3> ＜ph4＞ <b>"
    assert [text[span.start : span.end] for span in find_reserved(text)] == ["<ph3>", "＜ph4＞", "<b>"]


long_marks = ["<b>", "</b>", "**", "](", "{{", "<!--"]
marks = st.lists(st.sampled_from([*"<>/{}[]()*_~`$%&;:\\|#!=\"' a1ü\u0308🎉\u200d", *long_marks]))


@given(marks.map("".join))
def test_spans_are_in_order_and_partners_are_each_others(text):
    spans = find_markup(text)
    assert all(here.end <= there.start for here, there in pairwise(spans))
    by_start = {span.start: span for span in spans}
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        if span.partner in by_start:
            assert by_start[span.partner].partner == span.start
