"""Pages of `nmt report` and `--html`, and `nmt translate --explain`, on the toy language."""

import re

import pytest

from nmt.data import test_set as test_sets
from nmt.errors import ConfigError
from nmt.io.lines import read_file, write_file
from nmt.stages.explain import explain
from nmt.stages.report import report


@pytest.fixture
def test_set(toy_data):
    sources, references = (list(read_file(toy_data / f"test.{language}"))[:12] for language in ("de", "en"))
    return test_sets.TestSet(name="toy", sources=sources, references=[references], languages=("de", "en"))


def sections(path):
    return re.findall(r"<h2>([^<]*)</h2>", path.read_text())


def test_a_model_is_reported_with_its_training_and_its_names(toy_tagger, test_set, toy_data, tmp_path):
    report(systems=[toy_tagger], output=tmp_path / "a.html", test_set=test_set, bootstrap=10)
    page = (tmp_path / "a.html").read_text()
    found = sections(tmp_path / "a.html")
    for wanted in ("Scores", "What came through", "By length", "The worst sentences"):
        assert wanted in found
    assert any("raining" in title for title in found)
    assert "nrefs:1" in page  # how the scores were computed
    assert "<svg" in page
    assert not re.search(r"<(script|link|img|iframe)|https?://(?!www\.w3\.org)", page)


def test_systems_are_compared_with_the_first(test_set, tmp_path):
    write_file(tmp_path / "good", test_set.references[0])
    write_file(tmp_path / "bad", ["<b>nothing</b>"] * len(test_set.references[0]))
    report(systems=[tmp_path / "good", tmp_path / "bad"], output=tmp_path / "b.html", test_set=test_set)
    page = (tmp_path / "b.html").read_text()
    assert "Scores" in sections(tmp_path / "b.html")
    assert "&lt;b&gt;" in page
    assert "<b>nothing" not in page


def test_nothing_to_report_is_said(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="nothing to report"):
        report(systems=[tmp_path / "empty"], output=tmp_path / "c.html")
    with pytest.raises(ConfigError, match="name each system once"):
        report(systems=[tmp_path / "empty"] * 2, output=tmp_path / "c.html")


def test_a_translation_is_explained_subword_by_subword(toy_model, tmp_path):
    explain(model=[toy_model], text="Hund.", output=tmp_path / "out")
    lines = list(read_file(tmp_path / "out"))
    assert any(line.split() == ["source", "Hund."] for line in lines)
    assert any(line.split() == ["translation", "dog."] for line in lines)
    assert any(line.startswith("sentence 1") for line in lines)
    assert all(len(line) <= 80 for line in lines)
