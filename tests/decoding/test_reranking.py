"""Translations in the order of a language model and the translator."""

from types import SimpleNamespace

import pytest

from nmt.decoding import reranking
from nmt.decoding.language_model import LineScore
from nmt.decoding.reranking import rerank
from nmt.decoding.translator import Alternative, Translation


def alternative(text, score):
    return Alternative(text=text, score=score, confidence=1.0, finished=True, items=(), flags=())


@pytest.fixture
def judge(monkeypatch):
    """A language model that likes short lines: it finds each letter worth a nat."""

    def score(model, lines):
        return [LineScore(log_prob=-2.0 * len(line), subwords=2, bytes=9) for line in lines]

    monkeypatch.setattr(reranking, "score_lines", score)
    return SimpleNamespace()


def test_a_weight_of_nothing_changes_nothing_and_a_great_one_everything(judge):
    lines = [
        Translation(
            source="x", alternatives=[alternative("abcd", -1.0), alternative("abc", -1.4), alternative("a", -9.0)]
        )
    ]
    for weight, expected in ((0.0, "abcd"), (0.39, "abcd"), (0.41, "abc"), (9.0, "a")):
        [found] = rerank(lines, judge, weight, keep=1)
        assert [each.text for each in found.alternatives] == [expected]


def test_equal_translations_stay_in_their_order_and_blank_lines_blank(judge):
    same = [alternative("ab", -1.0), alternative("cd", -1.0)]
    blank = [alternative("", 0.0)]
    first, second = rerank(
        [Translation(source="x", alternatives=same), Translation(source="", alternatives=blank)], judge, 0.5, keep=2
    )
    assert first.alternatives == same
    assert second.alternatives == blank
    assert rerank([], judge, 0.5, keep=1) == []
