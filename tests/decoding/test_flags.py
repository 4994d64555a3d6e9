import pytest

from nmt.decoding.flags import flags_of
from nmt.decoding.segments import Kept
from nmt.protection.spans import Span

PLAIN = "Er ging in das Haus am See."


def flags(source, target, *given, parts_finished=True):
    return flags_of(source, target, parts_finished=parts_finished, given=given)


def test_a_usual_translation_has_no_flag():
    assert flags(PLAIN, "He went into the house at the lake.", Kept(text=PLAIN, start=0)) == []


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("Er sang sehr lange.", "He sang and sang and sang and sang.", ["repeated"]),  # "sang and sang", three times
        ("Er sang sehr lange.", "He sang, and sang, and He sang.", []),  # no three words come twice
        ("la la la la la", "la la la la la", []),  # as often as in the source
        ("la la la la la", "la la la la la la", ["repeated"]),
        ("Er sang sehr lange.", "Oh no no way. oh NO no Way!", ["repeated"]),  # in whatever case
    ],
)
def test_what_repeats_three_words_that_the_source_does_not_is_flagged(source, target, found):
    assert flags(source, target) == found


def test_what_was_stopped_is_flagged():
    assert flags(PLAIN, PLAIN, parts_finished=False) == ["unfinished"]


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        # One is added to both lengths: 62 / 31 is two, 94 / 31 more than three.
        (30, 61, []),
        (30, 93, ["length"]),
        (93, 30, ["length"]),
        (30, 0, ["length"]),
        (1, 20, []),  # of short lines the lengths say nothing
        (1, 21, ["length"]),
    ],
)
def test_lengths_that_differ_more_than_threefold_are_flagged(source, target, found):
    assert flags("x" * source, "x" * target) == found


def test_a_part_in_a_script_that_the_model_does_not_know_is_flagged():
    assert flags("Москва", "Москва", Kept(text="Москва", start=0, foreign=True)) == ["script"]


def test_characters_that_the_tokenizer_does_not_know_are_flagged():
    unknown = Span(start=0, end=1, kind="unknown")
    assert flags("ж", "ж", Kept(text="ж", start=0, spans=[unknown])) == ["unknown_words"]


def test_a_line_may_have_several_flags():
    assert flags("x" * 30, "a b c a b c", parts_finished=False) == ["repeated", "unfinished"]
