import json

import pytest

from nmt.cli.main import app
from nmt.errors import ConfigError, DataError
from nmt.stages import compare as stage
from nmt.stages import systems

REFERENCE = ["the cat sat on the mat", "a dog runs", "two men talk in the park", "a small house"]
WORSE = ["a hat lay there", "a dog runs", "two boys in the park", "a small mouse"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, lines in {"reference": REFERENCE, "good": REFERENCE, "bad": WORSE}.items():
        (tmp_path / name).write_text("\n".join(lines * 10) + "\n")
    (tmp_path / "source").write_text("\n".join(f"Satz {number}" for number in range(40)) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def compare(folder, capsys):
    def run(*arguments):
        app(["compare", *map(str, arguments)], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_the_report_has_scores_with_significance_wins_and_examples(compare):
    lines = compare("bad", "good", "-r", "reference", "--input", "source", "--trials", 100).splitlines()
    assert lines[0] == "reference: 40 sentences; p against bad, by paired bootstrap"
    assert lines[2].startswith("BLEU  nrefs:1|bs:100|seed:12345")
    assert lines[3].split()[0] == "bad"
    assert "p = " not in lines[3]
    assert lines[4].split() == ["good", "100.00", "p", "=", "0.0099"]
    assert "good against bad: better in 30 sentences, worse in 0, equal in 10" in lines
    shown = lines[lines.index("good against bad: better in 30 sentences, worse in 0, equal in 10") + 1 :]
    assert len(shown) == 5 * 5
    assert shown[1:5] == [
        "    source: Satz 0",
        f"    reference 1: {REFERENCE[0]}",
        f"    bad: {WORSE[0]}",
        f"    good: {REFERENCE[0]}",
    ]


def test_json_carries_all_figures(compare):
    found = json.loads(
        compare("bad", "good", "-r", "reference", "--trials", 100, "--randomization", "--examples", 1, "--json")
    )
    assert (found["baseline"], found["test"], found["sentences"]) == ("bad", "randomization", 40)
    assert [item["p_value"] is None for item in found["scores"]] == [True, False] * 3
    assert all("ar:100" in item["signature"] for item in found["scores"])
    [duel] = found["duels"]
    assert (duel["wins"], duel["losses"], duel["ties"]) == (30, 0, 10)
    assert duel["examples"][0]["line"] % 4 == 1


def test_model_folders_are_compared_with_files(folder, compare, monkeypatch):
    (folder / "model").mkdir()
    monkeypatch.setattr(systems, "model_directions", lambda path: [("de", "en")])
    monkeypatch.setattr(systems, "translate_lines", lambda path, lines, **rest: iter(REFERENCE * 10))
    found = compare("bad", "model", "-r", "reference", "--input", "source", "--trials", 20, "--examples", 0)
    assert "model against bad: better in 30 sentences" in found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bad", "-r", "reference"], "two systems"),
        (["bad", "bad", "-r", "reference"], "two systems"),
        (["bad", "good"], "name one test set"),
    ],
)
def test_requests_that_do_not_fit_are_refused(compare, arguments, message):
    with pytest.raises(ConfigError, match=message):
        compare(*arguments)


def test_a_file_of_another_length_is_refused_before_a_model_translates(compare, folder, monkeypatch):
    monkeypatch.setattr(stage, "translate_test_set", lambda *_, **__: pytest.fail("translated"))
    (folder / "model").mkdir()
    (folder / "short").write_text("one line\n")
    with pytest.raises(DataError, match="short has 1 lines, but reference has 40"):
        compare("model", "short", "-r", "reference", "--input", "source")


def test_each_systems_doubts_are_told_and_the_references_once(folder, capsys):
    (folder / "reference").write_text("\n".join(["", *(REFERENCE * 10)[1:]]) + "\n")
    (folder / "source").write_text((folder / "bad").read_text())
    app(["compare", "bad", "good", "-r", "reference", "--input", "source", "--trials", "10"], standalone_mode=False)
    told = capsys.readouterr().err.splitlines()
    assert [line.split("; ")[0] for line in told] == [
        "nmt: warning: reference: 1 of 40 lines have an empty reference",
        "nmt: warning: bad: 30 of 40 hypotheses are their source line: untranslated, or a file given twice",
    ]


def test_examples_send_no_control_characters_to_the_terminal(compare, folder):
    (folder / "bad").write_text("\n".join(line + "\x1b[31m" for line in WORSE * 10) + "\n")
    out = compare("bad", "good", "-r", "reference", "--trials", 10)
    assert f"    bad: {WORSE[0]}[31m" in out.split("\n")
    assert "\x1b" not in out
