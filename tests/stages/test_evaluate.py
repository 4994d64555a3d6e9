import pytest

from nmt.data import test_set
from nmt.stages.evaluate import score_output
from nmt.stages.systems import Output


def test_an_evaluation_says_what_was_scored_on_what():
    references = [["the cat", "a dog", "two men", "a house"]]
    output = Output(system="bad", lines=["the hat", "a dog", "xyz", "a house"], seconds=2.0)
    found = score_output(output, test_set.TestSet(name="test.en", sources=None, references=references))
    assert (found.system, found.test_set, found.sentences, found.seconds) == ("bad", "test.en", 4, 2.0)
    assert [score.name for score in found.scores] == ["BLEU", "chrF2++", "TER"]


def test_papers_scoring_has_references_of_its_own():
    pytest.importorskip("sacremoses")
    asked = test_set.TestSet(name="test.en", sources=None, references=[["Nobody saw the cat."]])
    output = Output(system="s", lines=["The dog's house is red."])
    found = score_output(output, asked, paper_references=["the dog &apos;s house is red ."], language="en")
    assert found.scores[-1].name == "BLEU as in papers"
    assert found.scores[-1].value == pytest.approx(100)
    assert found.scores[0].value < 50
