import numpy as np
import pytest
from tests_engine import A, B, C, TableEngine

from nmt.decoding.alignment import attention_weights, insertion_place
from nmt.text.tokenizer import BOS_ID


def told(source, read):
    """Weights that tell what was read: its length over its last subword, at the source's first position."""
    return [len(read) / (read[-1] if read else 1), *[0.25] * (len(source) - 1)]


ENGINE = TableEngine(lambda source, read: [0, 0, 0, 0.25, 0.25, 0.25, 0.25], told)


def weights(sources, targets):
    return [found.tolist() for found in attention_weights(ENGINE, sources, targets, BOS_ID)]


def test_weights_are_those_of_the_step_that_writes_each_subword():
    # Before B the network has read nothing, before C the B = 5: 1 / 5 = 0.2.
    assert weights([[A, A]], [[B, C]]) == [[[0.0, 0.25], [0.2, 0.25]]]


def test_weights_of_sentences_of_any_lengths_are_as_if_alone():
    sources = [[A], [A] * 9, [A, B], [A] * 9, [C]]
    targets = [[B, C, A], [C], [], [C, C], [A]]
    assert weights(sources, targets) == [
        weights([source], [target])[0] for source, target in zip(sources, targets, strict=True)
    ]
    assert [found.shape for found in attention_weights(ENGINE, sources, targets, BOS_ID)] == [
        (3, 1), (1, 9), (0, 2), (2, 9), (1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "inserted"),
    [
        (0, 0),  # nothing stands before it
        (1, 2),  # the first source subword was attended to most at the second step: 0.8
        (2, 1),  # the second at the first: 0.9
        (3, 3),  # the third at the third: 0.7
    ],
)
def test_what_is_inserted_goes_behind_what_its_left_neighbour_was_translated_to(place, inserted):
    found = np.array([[0.1, 0.9, 0.0, 0.0], [0.8, 0.1, 0.1, 0.0], [0.2, 0.1, 0.7, 0.0]])
    assert insertion_place(found, place) == inserted


def test_into_an_empty_translation_it_is_inserted_at_the_start():
    assert insertion_place(np.zeros((0, 3)), 2) == 0
