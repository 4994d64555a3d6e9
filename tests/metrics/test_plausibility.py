import pytest

from nmt.metrics.plausibility import hypothesis_doubts, reference_doubts

GERMAN = ["die Katze saß auf der Matte", "ein Hund läuft durch den Park", "zwei Männer reden", "sie liest ein Buch"]
ENGLISH = ["the cat sat on the mat", "a dog runs through the park", "two men are talking", "she is reading a book"]
WORSE = ["the cat is on the mat", "the dog walks in a park", "men are talking there", "she has a book"]


def said(hypotheses, references, sources=None, bleu=50.0, **options):
    return list(hypothesis_doubts(hypotheses, references, sources, bleu=bleu, **options))


def test_plain_text_of_one_language_is_not_doubted():
    assert said(WORSE, [ENGLISH], GERMAN) == said(WORSE, [ENGLISH], GERMAN, bleu=3.0) == []
    assert list(reference_doubts([ENGLISH])) == []


def test_a_source_and_references_that_are_the_wrong_way_round_are_told():
    [doubt] = said(WORSE, [GERMAN], ENGLISH, bleu=0.4)
    assert doubt.startswith(
        "BLEU is 0.40, and the hypotheses look like the source, not like the references; are source"
    )
    assert said(WORSE, [GERMAN], ENGLISH, bleu=20.0) == []


def test_without_a_source_text_of_another_language_is_told():
    [doubt] = said(WORSE, [GERMAN], bleu=0.4)
    assert doubt.startswith("BLEU is 0.40: hypotheses and references have little in common; are they in one language")
    assert said(WORSE, [GERMAN], bleu=3.0) == []  # four lines say little
    assert len(said(WORSE * 5, [GERMAN * 5], bleu=3.0)) == 1
    assert len(said(WORSE * 5, [ENGLISH[1:] * 5 + ENGLISH[:1] * 5], bleu=0.4)) == 1  # lines that do not belong together
    assert said(WORSE * 5, [ENGLISH * 5], bleu=3.0) == []


def test_short_lines_that_are_right_are_not_doubted_though_bleu_is_0():
    assert said(["the cat", "a dog"], [["the cat", "dogs"]], bleu=0.0) == []
    assert said(["the cat"] * 20, [["the cat"] * 20], bleu=0.0) == []
    assert said(["the cat", "a dog"], [["the cats", "a dog!"]], bleu=0.0) == []


def test_hypotheses_that_are_the_source_are_counted():
    mixed = [*GERMAN[:2], *WORSE[2:]]
    assert said(mixed, [ENGLISH], GERMAN) == [
        "2 of 4 hypotheses are their source line: untranslated, or a file given twice"
    ]
    assert said(ENGLISH, [ENGLISH], ENGLISH) == []  # what the references are too, names for example, is right
    assert said(["12"] * 4, [ENGLISH], ["12"] * 4) == []


def test_empty_references_are_counted():
    [doubt] = reference_doubts([ENGLISH, ["", "b", " ", "d"]])
    assert doubt.startswith("2 of 4 lines have an empty reference")


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["he said &quot; yes", "well @-@ known", "a", "b"], "2 of 4 {} have escapes of XML or Moses"),
        (["the cat sat .", "a dog runs .", "yes .", "no"], "3 of 4 {} end in a full stop that stands apart"),
    ],
)
def test_tokenised_and_escaped_text_is_told_unless_it_is_meant_to_be(lines, fault):
    [doubt] = said(lines, [ENGLISH])
    assert doubt.startswith(fault.format("hypotheses"))
    [doubt] = reference_doubts([lines])
    assert doubt.startswith(fault.format("references"))
    assert doubt.endswith("--tokenize none")
    assert said(lines, [ENGLISH], tokenised=True) == list(reference_doubts([lines], tokenised=True)) == []
