"""Translations in the order of a language model and the translator."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from nmt.decoding import reranking
from nmt.decoding.language_model import LineScore
from nmt.decoding.model import load_translator
from nmt.decoding.reranking import weighted_fluency
from nmt.decoding.translator import translate_chunks


@pytest.fixture
def judge(monkeypatch):
    """A language model that likes short lines: it finds each letter worth two nats."""

    def score(model, lines):
        return [LineScore(log_prob=-2.0 * len(line), subwords=2, bytes=9) for line in lines]

    monkeypatch.setattr(reranking, "score_lines", score)
    return SimpleNamespace()


@pytest.fixture(scope="module")
def model(toy_model):
    return load_translator([toy_model])


def translated(model, line, fluency=None):
    search = replace(model.search, beam_size=5, n_best=5)
    [found] = translate_chunks(model, [[line]], search, fluency=fluency)
    return found.alternatives


def test_a_weight_of_nothing_changes_nothing_and_a_great_one_everything(model, judge):
    before = translated(model, "Hund und Katze.")
    assert translated(model, "Hund und Katze.", weighted_fluency(judge, 0.0)) == before
    texts = [each.text for each in translated(model, "Hund und Katze.", weighted_fluency(judge, 1e6))]
    assert [len(text) for text in texts] == sorted(len(each.text) for each in before)
    assert len(set(map(len, texts))) > 1


def test_each_sentence_of_a_line_is_chosen_by_itself(model, judge):
    fluency = weighted_fluency(judge, 1e6)
    first, second = (translated(model, each, fluency)[0].text for each in ("Hund und Katze.", "Haus."))
    together = translated(model, "Hund und Katze. Haus.", fluency)[0].text
    assert together == f"{first} {second}"


def test_a_blank_line_stays_blank(model, judge):
    assert [each.text for each in translated(model, "", weighted_fluency(judge, 1.0))] == [""]
