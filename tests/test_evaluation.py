import pytest

from nmt.data.test_set import Benchmark
from nmt.errors import DataError
from nmt.evaluation import Output, check_lengths, compare, evaluate

BENCHMARK = Benchmark(
    name="test.en",
    sources=["die Katze", "ein Hund", "zwei Männer", "ein Haus"],
    references=[["the cat", "a dog", "two men", "a house"]],
)
GOOD = Output(system="good", lines=["the cat", "a dog", "two men", "the garden"])
BAD = Output(system="bad", lines=["the hat", "a dog", "xyz", "a house"], seconds=2.0)


def test_an_evaluation_says_what_was_scored_on_what():
    found = evaluate(BAD, BENCHMARK)
    assert (found.system, found.benchmark, found.sentences, found.seconds) == ("bad", "test.en", 4, 2.0)
    assert [score.name for score in found.scores] == ["BLEU", "chrF2++", "TER"]


def test_papers_scoring_has_references_of_its_own():
    pytest.importorskip("sacremoses")
    benchmark = Benchmark(name="test.en", sources=None, references=[["Nobody saw the cat."]])
    output = Output(system="s", lines=["The dog's house is red."])
    found = evaluate(output, benchmark, paper_references=["the dog &apos;s house is red ."], language="en")
    assert found.scores[-1].name == "BLEU as in papers"
    assert found.scores[-1].value == pytest.approx(100)
    assert found.scores[0].value < 50


def test_a_duel_counts_sentences_won_lost_and_tied():
    [duel] = compare([BAD, GOOD], BENCHMARK, trials=10).duels
    assert (duel.system, duel.wins, duel.losses, duel.ties) == ("good", 2, 1, 1)


def test_examples_are_the_sentences_that_differ_most_with_all_their_texts():
    [duel] = compare([BAD, GOOD], BENCHMARK, trials=10, examples=1).duels
    [example] = duel.examples
    assert example.line == 3
    assert example.gain == pytest.approx(100)
    assert example.texts == {"source": "zwei Männer", "reference 1": "two men", "bad": "xyz", "good": "two men"}
    [duel] = compare([BAD, GOOD], BENCHMARK, trials=10, examples=9).duels
    assert [example.line for example in duel.examples] == [3, 4, 1]  # line 2 is a tie


def test_an_output_of_another_length_is_refused_with_both_names():
    check_lengths(GOOD, BENCHMARK)
    with pytest.raises(DataError, match=r"^short has 1 lines, but test\.en has 4"):
        check_lengths(Output(system="short", lines=["a"]), BENCHMARK)
