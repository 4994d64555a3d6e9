"""What `nmt tag` and `nmt train-tagger` say, good input and bad."""

import json
import sys

import pytest

from nmt.cli.main import main


@pytest.fixture
def nmt(monkeypatch, capfd):
    """Run a command in this process; returns the exit code, stdout and stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["nmt", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfd.readouterr()
        return exit_.value.code or 0, out, err

    return run


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.de"
    path.write_text("Hund und Baum.\n\n")
    return path


def test_names_are_marked_in_the_line(nmt, toy_tagger, text):
    assert nmt("tag", "--model", toy_tagger, "-i", text)[:2] == (0, "[Hund|PER] und Baum.\n\n")


def test_json_and_bio_say_the_same(nmt, toy_tagger, text):
    _, out, _ = nmt("tag", "--model", toy_tagger, "-i", text, "--json")
    [first, second] = map(json.loads, out.splitlines())
    [entity] = first["entities"]
    assert (entity["start"], entity["end"], entity["type"], entity["text"]) == (0, 4, "PER", "Hund")
    assert second == {"text": "", "entities": []}
    _, out, _ = nmt("tag", "--model", toy_tagger, "-i", text, "--bio")
    assert out == "Hund\tB-PER\nund\tO\nBaum\tO\n.\tO\n\n\n"


def test_a_model_without_a_tagger_says_how_to_get_one(nmt, toy_model, text):
    code, out, err = nmt("tag", "--model", toy_model, "-i", text)
    assert (code, out) == (2, "")
    assert "has no tagger; train one with nmt train-tagger" in err
    assert err.count("\n") == 1


def test_two_forms_at_once_are_refused(nmt, toy_tagger):
    assert nmt("tag", "--model", toy_tagger, "--json", "--bio")[0] == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"Hund\tB-PER\nund\n", ":2: "),
        (b"Hund\tX-PER\n", ":1: tag 'X-PER'"),
        (b"", "no sentences"),
        (b"Hu\xffnd\tO\n", ":1: "),
    ],
)
def test_bad_sentences_are_one_line_and_exit_2(nmt, toy_model, tmp_path, content, complaint):
    path = tmp_path / "bad.bio"
    path.write_bytes(content)
    code, _, err = nmt("train-tagger", "--model", toy_model, "--train", path, "--valid", path, "--out", tmp_path / "x")
    assert code == 2
    assert complaint in err
    assert err.count("\n") == 1


def test_strict_reading_wants_every_name_begun(nmt, toy_model, tmp_path):
    path = tmp_path / "iob1.bio"
    path.write_text("Hund\tI-PER\n")
    arguments = ("train-tagger", "--model", toy_model, "--train", path, "--valid", path, "--out", tmp_path / "x")
    code, _, err = nmt(*arguments, "--strict")
    assert code == 2
    assert "begin it with B-" in err


def test_checking_a_folder_checks_its_tagger(nmt, toy_tagger):
    code, out, _ = nmt("check", toy_tagger)
    assert code == 0
    assert "tagger " in out
    assert '"LOC", "PER"' in out
