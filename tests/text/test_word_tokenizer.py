import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests_fuzz import fuzzed_lines
from tests_growth import takes_linear_time

from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import UNK_ID, Tokenizer, train_subword_model
from nmt.text.word_tokenizer import split_words, word_pieces

SENTENCES = ["Angela Merkel visits the fine house in Berlin.", "the quick brown fox, jumps 10 m2 over a lazy dog!"]
TOKENIZERS = [
    Tokenizer.from_bytes(train_subword_model(SENTENCES, TokenizerConfig(**options)))
    for options in (
        {"kind": "unigram", "vocab_size": 64},
        {"kind": "bpe", "vocab_size": 64},
        {"kind": "unigram", "vocab_size": 318, "byte_fallback": True},
    )
]


@pytest.fixture(params=TOKENIZERS, ids=["unigram", "bpe", "bytes"])
def tokenizer(request):
    return request.param


def words(line):
    return [line[start:end] for start, end in split_words(line)]


# Words


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", []),
        ("Angela Merkel lebt in Berlin.", "Angela|Merkel|lebt|in|Berlin|."),
        ('He (J. Smith) said: "No!"', 'He|(|J.|Smith|)|said|:|"|No|!|"'),
        ("Mr. O'Neil of AT&T, U.S. and z.B. D.C.", "Mr.|O'Neil|of|AT&T|,|U.S.|and|z.B.|D.C."),
        ("a U.S.-based, mid-term U.S.A. firm", "a|U.S.-based|,|mid-term|U.S.A.|firm"),
        ("1,000 cost $3.50 or 5% at 10:30, 1/2.", "1,000|cost|$|3.50|or|5|%|at|10:30|,|1/2|."),
        ("Am 3. Mai traf Otto II. den Papst, 1996.", "Am|3.|Mai|traf|Otto|II.|den|Papst|,|1996|."),
        ("München/Hamburg [A] Land- und Volks-", "München|/|Hamburg|[|A|]|Land-|und|Volks|-"),
        ("Germany's, Jones' and OBAMA’S don't I'll", "Germany|'s|,|Jones|'|and|OBAMA|’S|don't|I|'ll"),
        ("l'Allemagne et O'Brien's d'Artagnan", "l'|Allemagne|et|O'Brien|'s|d'|Artagnan"),
        ("Mail x.y@mail.example.org. See https://a.org/b?c=1, www.b.de.",
         "Mail|x.y@mail.example.org|.|See|https://a.org/b?c=1|,|www.b.de|."),
        ("@angela hates #Verspätungen...", "@angela|hates|#Verspätungen|..."),
        ("well--yes!!! 'ok' word._x", "well|--|yes|!!!|'|ok|'|word._x"),
        ("北京大学(Peking)很大。", "北|京|大|学|(|Peking|)|很|大|。"),
        ("東京タワーへ行く", "東|京|タワー|へ|行|く"),
        ("Ångström e\u0301te\u0301 क्षत्रिय", "Ångström|e\u0301te\u0301|क्षत्रिय"),
        ("سلام، دنيا؟", "سلام|،|دنيا|؟"),
        ("👩‍👩‍👧🇩🇪 a❤️b", "👩‍👩‍👧|🇩🇪|a|❤️|b"),
    ],
)  # fmt: skip
def test_words_are_those_that_corpora_of_names_have(line, found):
    assert words(line) == (found.split("|") if found else [])


def test_controls_and_marks_outside_words_belong_to_none():
    assert words("\ufeffa\0b \u200b\u200fBerlin\u200f, so\u00adft \u202ex\u202c\x85y\u2028z") == [
        "a", "b", "Berlin", ",", "so\u00adft", "x", "y", "z",
    ]  # fmt: skip


def check(line, spans):
    end_before = 0
    for start, end in spans:
        assert end_before <= start < end <= len(line)
        assert not any(character.isspace() for character in line[start:end])
        end_before = end
    covered = {position for start, end in spans for position in range(start, end)}
    for position, character in enumerate(line):
        if position not in covered:
            assert character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs"), ascii(line)


@given(st.text())
def test_every_visible_character_is_in_one_word(line):
    check(line, split_words(line))


def test_words_hold_on_fuzzed_lines():
    for line in fuzzed_lines(10_000, seed=16):
        check(line, split_words(line))


def test_every_character_alone_is_a_word_or_invisible():
    text = " ".join(chr(code) for code in range(0x3100) if chr(code) != "\n")
    text += " ".join(chr(code) for code in range(0x3100, sys.maxunicode, 97))
    check(text, split_words(text))


@pytest.mark.parametrize("unit", ["a+", "a.", "a'", "'s", "a@b.", "1,", "http://.", "\u200d", "U.", "中", "n't", "-"])
def test_a_long_line_takes_linear_time(unit):
    assert takes_linear_time(split_words, unit * (100_000 // len(unit)))


# Subwords


def shown(tokenizer, line):
    """Each word with the text that its pieces cover."""
    found = split_words(line)
    _, pieces = word_pieces(tokenizer, line, found)
    spans = tokenizer.spans(line)
    return [
        (line[start:end], line[spans[ends[0]][1] : spans[ends[1]][2]] if ends else None)
        for (start, end), ends in zip(found, pieces, strict=True)
    ]


def test_pieces_of_a_word_cover_it(tokenizer):
    line = "  Angela\u00a0Merkel visits Berlin."
    ids, pieces = word_pieces(tokenizer, line, split_words(line))
    assert ids == tokenizer.encode(line)
    assert [word for word, _ in shown(tokenizer, line)] == ["Angela", "Merkel", "visits", "Berlin", "."]
    assert all(word == text for word, text in shown(tokenizer, line))
    assert len({index for first, last in pieces for index in range(first, last + 1)}) == sum(
        last - first + 1 for first, last in pieces
    )


def test_an_unknown_run_shows_all_its_words():
    line = "the 北京大 fox"
    ids, pieces = word_pieces(TOKENIZERS[0], line, split_words(line))
    (unknown,) = {pieces[1], pieces[2], pieces[3]}
    assert ids[unknown[0]] == UNK_ID


def test_a_character_spelt_as_several_is_shown_by_a_piece(tokenizer):
    found = ["the", "ﬁne", "㎡", "ﷺ", "½", "ﬃﬃ"]
    assert shown(tokenizer, " ".join(found)) == [(word, word) for word in found]


def test_combining_and_direction_marks_keep_their_words(tokenizer):
    assert shown(tokenizer, "o\u0308l \u200fhouse\u200f \u202edog") == [("o\u0308l",) * 2, ("house",) * 2, ("dog",) * 2]


def test_a_word_that_the_tokenizer_drops_has_no_pieces(tokenizer):
    ids, pieces = word_pieces(tokenizer, "a \u200b fox", [(0, 1), (2, 3), (4, 7)])
    assert pieces[1] is None
    assert pieces[0] is not None
    assert pieces[2] is not None
    assert pieces[2][1] == len(ids) - 1


def test_no_words_have_no_pieces(tokenizer):
    assert word_pieces(tokenizer, "", []) == ([], [])
    assert word_pieces(tokenizer, " \t", []) == ([], [])


def test_pieces_overlap_their_words_on_fuzzed_lines(tokenizer):
    for line in fuzzed_lines(3_000, seed=17):
        check_pieces(tokenizer, line)


@given(st.text())
def test_pieces_overlap_their_words_on_any_text(line):
    for tokenizer in TOKENIZERS:
        check_pieces(tokenizer, line)


def check_pieces(tokenizer, line):
    """Against the definition: the pieces whose spans share a character with the word."""
    found = split_words(line)
    ids, pieces = word_pieces(tokenizer, line, found)
    spans = tokenizer.spans(line)
    assert ids == [id_ for id_, _, _ in spans]
    for (start, end), ends in zip(found, pieces, strict=True):
        overlapping = [at for at, (_, left, right) in enumerate(spans) if max(start, left) < min(end, right)]
        assert ends == ((overlapping[0], overlapping[-1]) if overlapping else None)


def test_a_long_line_has_its_pieces_in_linear_time():
    line = "the 中 fox北京 " * 10_000
    found = split_words(line)

    def pieces(text):
        word_pieces(TOKENIZERS[0], text, [word for word in found if word[1] <= len(text)])

    assert takes_linear_time(pieces, line)
