import json

import pytest

from nmt.cli.main import app
from nmt.errors import ConfigError, DataError

OLD_SPELLING = "nmt: evaluate --task tag is the old spelling of nmt evaluate-tagger\n"


@pytest.fixture(params=[["evaluate-tagger"], ["evaluate", "--task", "tag"]], ids=["evaluate-tagger", "old spelling"])
def score(request, capsys):
    """Run the command, in either spelling; returns its stdout."""

    def run(*arguments):
        app([*request.param, *map(str, arguments)], standalone_mode=False)
        out, err = capsys.readouterr()
        assert err == ("" if request.param == ["evaluate-tagger"] else OLD_SPELLING)
        return out

    return run


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.bio"
    path.write_text("Hund\tB-PER\nund\tO\n.\tO\n\nBaum\tB-PER\n.\tO\n")
    return path


def test_a_tagger_is_scored(score, toy_tagger, gold):
    out = score("--model", toy_tagger, "-r", gold)
    assert out.startswith(f"{toy_tagger} on {gold}: 2 sentences, 5 words, ")
    assert "of 2 names: 1 right" in out
    assert "Baum (PER) found as nothing" in out
    found = json.loads(score("--model", toy_tagger, "-r", gold, "--json"))
    assert found["scores"]["micro"]["recall"] == 50.0
    assert (found["system"], found["references"]) == (str(toy_tagger), [str(gold)])


def test_ready_tags_are_scored_against_the_same_words_only(score, tmp_path):
    gold, found, other = tmp_path / "gold.bio", tmp_path / "found.bio", tmp_path / "other.bio"
    gold.write_text("Hund\tB-PER\nund\tO\n")
    found.write_text("Hund\tB-LOC\nund\tO\n")
    other.write_text("Hund\tB-PER\noder\tO\n")
    out = score("--hypotheses", found, "-r", gold)
    assert out.startswith(f"{found} on {gold}: 1 sentences, 2 words; ")
    assert "PER taken for LOC: 1" in out
    with pytest.raises(DataError, match="sentence 1 of the hypotheses has other words"):
        score("--hypotheses", other, "-r", gold)


def test_all_corpora_that_were_scored_are_named(score, toy_tagger, gold, tmp_path):
    more = tmp_path / "more.bio"
    more.write_text("Katze\tB-PER\n")
    out = score("--model", toy_tagger, "-r", gold, "-r", more)
    assert out.startswith(f"{toy_tagger} on {gold}, {more}: 3 sentences, 6 words, ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either --model DIR or --hypotheses FILE"),
        (["--model", "x", "--hypotheses", "x"], "either --model DIR or --hypotheses FILE"),
        (["--hypotheses", "x", "--device", "cuda"], "--hypotheses: leave out --device"),
    ],
)
def test_requests_that_do_not_fit_are_refused(score, gold, arguments, message):
    with pytest.raises(ConfigError, match=message):
        score("-r", gold, *arguments)


def test_references_are_asked_for(capsys):
    with pytest.raises(SystemExit) as exit_:
        app(["evaluate-tagger", "--model", "x"])
    assert exit_.value.code == 2
    assert "--references" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="name the tagged sentences with -r FILE"):
        app(["evaluate", "--task", "tag", "--model", "x"], standalone_mode=False)
