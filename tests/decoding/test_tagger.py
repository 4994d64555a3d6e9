import json
from dataclasses import replace

import pytest

from nmt.data.bio_tags import bio_tags
from nmt.data.sentence import Alphabet, locate
from nmt.decoding.tagger import Entity, TaggedLine, TaggingModel, best_tags, render, tag_chunks
from nmt.text.tokenizer import Tokenizer
from nmt.text.word_tokenizer import split_words

TAGS = bio_tags(["PER"])


@pytest.fixture(scope="session")
def capitals(toy_data) -> TaggingModel:
    """Marks runs of words with a capital first letter; every other feature of a tagger is real."""
    import numpy as np

    def emissions(sentences):
        scores = []
        for sentence in sentences:
            rows = np.zeros((len(sentence.words), len(TAGS)))
            for row, word in zip(rows, sentence.words, strict=True):
                row[:] = [0, 2, 3] if word[0].isupper() else [5, 0, 0]
            scores.append(rows)
        return scores

    transitions = np.zeros((len(TAGS) + 1, len(TAGS)))
    transitions[[0, 3], 2] = -1e4
    return TaggingModel(
        tokenizer=Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes()),
        alphabet=Alphabet("abc"),
        tags=TAGS,
        transitions=transitions,
        emissions=emissions,
        labels={},
    )


def found(model, line, **options):
    [tagged] = tag_chunks(model, [[line]], **options)
    return [(entity.start, entity.end, entity.text) for entity in tagged.entities]


def test_names_are_found_where_they_stand_in_the_line(capitals):
    assert found(capitals, "  he met Angela  Merkel, twice.") == [(9, 23, "Angela  Merkel")]


def test_a_ligature_before_a_name_does_not_move_it(capitals):
    assert found(capitals, "ﬁne ﬃ Ümit Öz") == [(6, 13, "Ümit Öz")]


@pytest.mark.parametrize("line", ["", "   ", "\u200f", "\t"])
def test_a_line_without_words_has_no_names_and_stays(capitals, line):
    [tagged] = tag_chunks(capitals, [[line]])
    assert (tagged.line, list(tagged.entities)) == (line, [])
    assert render(tagged, "inline") == [line]


def test_pretokenized_words_end_at_tabs_and_returns_too(capitals):
    assert found(capitals, "A\tx B\r", pretokenized=True) == [(0, 1, "A"), (4, 5, "B")]


def test_pretokenized_words_are_left_as_they_are(capitals):
    assert found(capitals, "Mr.Smith came") == [(0, 8, "Mr.Smith")]
    assert found(capitals, "U.S.A ,x B", pretokenized=True) == [(0, 5, "U.S.A"), (9, 10, "B")]


def test_a_long_line_is_read_in_parts_and_loses_no_word(capitals):
    line = "he met Anna there. " * 200
    [tagged] = tag_chunks(capitals, [[line]])
    assert len(tagged.tags) == len(tagged.words) == 1000
    assert [line[entity.start : entity.end] for entity in tagged.entities] == ["Anna"] * 200


def test_the_confidence_of_a_name_is_its_probability(capitals):
    import math

    # One word: O, B-PER or I-PER would score 0, 2 and 3, but I-PER may not begin.
    [tagged] = tag_chunks(capitals, [["Anna"]])
    assert tagged.entities[0].score == pytest.approx(math.exp(2) / (1 + math.exp(2)))


def test_each_form_shows_the_same_names():
    line = "so Angela Merkel ging"
    entity = Entity(3, 16, "PER", "Angela Merkel", 0.5)
    tagged = TaggedLine(line=line, words=split_words(line), tags=["O", "B-PER", "I-PER", "O"], entities=[entity])
    assert render(tagged, "inline") == ["so [Angela Merkel|PER] ging"]
    assert render(tagged, "bio") == ["so\tO", "Angela\tB-PER", "Merkel\tI-PER", "ging\tO", ""]
    [as_json] = render(tagged, "json")
    assert json.loads(as_json) == {
        "text": line,
        "entities": [{"start": 3, "end": 16, "type": "PER", "text": "Angela Merkel", "score": 0.5}],
    }


def test_brackets_of_the_line_are_no_marks():
    line = r"so [Anna|PER] a\b]"
    entity = Entity(4, 13, "PER", "Anna|PER]", 0.5)
    tagged = TaggedLine(line=line, words=split_words(line), tags=[], entities=[entity])
    assert render(tagged, "inline") == [r"so \[[Anna|PER\]|PER] a\\b\]"]


def test_control_characters_are_shown_in_json_alone_and_spelt_out_there():
    line = "a\x1b[1m\x9b\u202e\x1b"
    words = [(0, 2), (3, 5), (5, 7), (7, 8)]
    tagged = TaggedLine(line=line, words=words, tags=["O", "O", "O", "O"], entities=[])
    assert render(tagged, "inline") == ["a\\[1m\u202e"]
    assert render(tagged, "bio") == ["a\tO", "1m\tO", "\u202e\tO", "\ufffd\tO", ""]
    assert render(tagged, "json") == [r'{"text": "a\u001b[1m\u009b\u202e\u001b", "entities": []}']
    assert json.loads(render(tagged, "json")[0])["text"] == line


def test_the_order_of_sentences_is_kept_however_they_are_batched(capitals):
    lines = ["Anna " * n + "x" for n in range(1, 90)]
    sentences = [locate(capitals.tokenizer, line, split_words(line)) for line in lines]
    assert [len(tags) for tags, _ in best_tags(capitals, sentences)] == [n + 1 for n in range(1, 90)]


@pytest.mark.parametrize("line", ["A" * 300_000, "A b " * 10_000, "A" + "\u200b" * 300_000 + "A", "A." * 150_000])
def test_a_very_long_line_is_tagged_whole_in_bounded_parts(capitals, line):
    longest = 0

    def watched(sentences):
        nonlocal longest
        longest = max(longest, *(len(sentence.ids) for sentence in sentences))
        return capitals.emissions(sentences)

    [tagged] = tag_chunks(replace(capitals, emissions=watched), [[line]])
    assert longest < 20_000
    assert tagged.words == split_words(line)
    assert len(tagged.tags) == len(tagged.words)
    assert render(tagged, "inline")[0].count("|PER]") == len(tagged.entities) > 0
