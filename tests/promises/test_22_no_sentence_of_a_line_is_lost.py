"""Promise 22: no sentence of a line is lost: a line of several gives the translation of each, in order."""

import random

import pytest
from tests_toy import numbered_pairs

from nmt.stages.translate import translate_lines


def sentences(count, seed):
    """Different sentences that begin with a capital, as splitters want them to, and their translations."""
    pairs = dict.fromkeys(pair for pair in numbered_pairs(40 * count, seed) if pair[0][0].isupper())
    return list(pairs)[:count]


@pytest.mark.parametrize("engine", ["onnx", "torch"])
@pytest.mark.parametrize("size", [2, 3, 4, 20])
def test_the_sentences_of_a_line_are_translated_as_if_each_were_alone(toy_hiding, size, engine):
    parts = [source for source, _ in sentences(5 * size, size)]
    lines = [" ".join(parts[start : start + size]) for start in range(0, len(parts), size)]
    alone = list(translate_lines(toy_hiding, parts, engine=engine))
    assert list(translate_lines(toy_hiding, lines, engine=engine)) == [
        " ".join(alone[start : start + size]) for start in range(0, len(parts), size)
    ]


@pytest.mark.parametrize("between", ["  ", "\t", " | ", " - ", " 🎉 ", "\u00a0", "<br>", " </p><p> "])
def test_what_stands_between_sentences_stays_between_them(toy_hiding, between):
    found = list(translate_lines(toy_hiding, [f"Hund.{between}Haus und Baum.{between}Katze."]))
    assert found == [f"dog.{between}house and tree.{between}cat."]


def test_a_long_sentence_is_cut_and_none_of_its_parts_is_lost_or_moved(toy_hiding):
    generator = random.Random(22)
    numbers = generator.sample(range(1000, 10_000), 300)
    line = " ".join(f"Hund und Katze {number} und" for number in numbers)
    [found] = translate_lines(toy_hiding, [line])
    assert [word for word in found.split() if word.isdigit()] == list(map(str, numbers))
