import pytest

from nmt.data import test_set
from nmt.stages.compare import compare_outputs
from nmt.stages.systems import Output

TEST_SET = test_set.TestSet(
    name="test.en",
    sources=["die Katze", "ein Hund", "zwei Männer", "ein Haus"],
    references=[["the cat", "a dog", "two men", "a house"]],
)
GOOD = Output(system="good", lines=["the cat", "a dog", "two men", "the garden"])
BAD = Output(system="bad", lines=["the hat", "a dog", "xyz", "a house"])


def test_a_comparison_counts_sentences_won_lost_and_tied():
    [pair] = compare_outputs([BAD, GOOD], TEST_SET, trials=10).pairwise
    assert (pair.system, pair.wins, pair.losses, pair.ties) == ("good", 2, 1, 1)


def test_examples_are_the_sentences_that_differ_most_with_all_their_texts():
    [pair] = compare_outputs([BAD, GOOD], TEST_SET, trials=10, examples=1).pairwise
    [example] = pair.examples
    assert example.line == 3
    assert example.gain == pytest.approx(100)
    assert example.texts == {"source": "zwei Männer", "reference 1": "two men", "bad": "xyz", "good": "two men"}
    [pair] = compare_outputs([BAD, GOOD], TEST_SET, trials=10, examples=9).pairwise
    assert [example.line for example in pair.examples] == [3, 4, 1]  # line 2 is a tie
