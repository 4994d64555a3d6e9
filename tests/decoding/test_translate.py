import random

from nmt import pipeline

LINES = [
    "eins zwei drei.", "", "Haus und Baum.", "   ", "Hund.", "rot rot rot blau grün Katze und Katze vier zwei.",
    "eins zwei. drei vier. Haus. Baum und Katze. Hund und Hund.", "\u200b", "Xyz \u2028 Hund.", "drei\rvier",
]  # fmt: skip


def translate(model, lines, **search):
    return list(pipeline.translate_lines(model, lines, search=search))


def test_every_line_has_its_own_translation_and_blank_stays_blank(toy_model):
    found = translate(toy_model, LINES)
    assert len(found) == len(LINES)
    assert [bool(text) for text in found][:5] == [True, False, True, False, True]
    assert found[4] == "dog."


def test_neighbours_order_and_batch_change_no_byte(toy_model):
    lines = LINES * 9
    random.Random(1).shuffle(lines)
    alone = {line: translate(toy_model, [line])[0] for line in LINES}
    assert translate(toy_model, lines) == [alone[line] for line in lines]


def test_all_sentences_of_a_long_line_are_translated(toy_model):
    line = " ".join(["Hund und Katze."] * 200)
    [text] = translate(toy_model, [line])
    assert text.count("dog") == 200
    assert text.count("cat") == 200


def test_a_line_without_any_space_is_bounded_and_answered(toy_model):
    [text] = translate(toy_model, ["x" * 5000], beam_size=1)
    assert len(text) < 100_000


def test_samples_with_one_seed_are_the_same(toy_model):
    first = translate(toy_model, LINES, sample=True, seed=5)
    assert translate(toy_model, LINES, sample=True, seed=5) == first
    assert translate(toy_model, LINES, sample=True, temperature=3.0, seed=6) != first
