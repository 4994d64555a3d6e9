import json
import sys

import pytest

from nmt.cli.main import main


@pytest.fixture
def prepare(monkeypatch, capsys, tmp_path):
    """Run `nmt prepare` on German and English lines; returns the exit code, stdout and stderr."""

    def run(german, english, *options, languages=("de", "en")):
        (tmp_path / "a.de").write_text("".join(line + "\n" for line in german), encoding="utf-8", newline="")
        (tmp_path / "a.en").write_text("".join(line + "\n" for line in english), encoding="utf-8", newline="")
        source, target = languages
        corpora = [str(tmp_path / "a.de"), str(tmp_path / "a.en"), "--out", str(tmp_path / "out")]
        monkeypatch.setattr(sys, "argv", ["nmt", "prepare", "--source", source, "--target", target, *corpora, *options])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code, *capsys.readouterr()

    return run


def lines(path):
    return path.read_bytes().decode().split("\n")[:-1]


def test_a_table_counts_what_each_rule_rejected(prepare, tmp_path):
    german = [*(f"Satz {number}" for number in range(40)), "", "gleich"]
    english = [*(f"sentence {number}" for number in range(40)), "empty", "gleich"]
    code, out, _ = prepare(german, english, "--hold-out", "3", "--json")
    assert code == 0
    report = json.loads(out)
    assert report == {
        "read": 42, "line_ends": 0, "rejected": {"empty": 1, "copies": 1}, "kept": {"train": 34, "valid": 3, "test": 3}
    }  # fmt: skip
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == report
    for split, count in report["kept"].items():
        assert len(lines(tmp_path / "out" / f"{split}.de")) == len(lines(tmp_path / "out" / f"{split}.en")) == count


def test_strange_characters_inside_lines_shift_nothing(prepare, tmp_path):
    strange = ["\r", "\x85", "\u2028", "\ufeff", '"', "\t", "\x0b", "\x1c"]
    german = [f"Satz {number} {strange[number % 8]} Ende" for number in range(80)]
    english = [f"sentence {number} {strange[(number + 3) % 8]} end" for number in range(80)]
    code, _, _ = prepare(german, english, "--set", "cleaning.near_duplicates=false")
    assert code == 0
    seen = 0
    for split in ("train", "valid", "test"):
        pairs = zip(lines(tmp_path / "out" / f"{split}.de"), lines(tmp_path / "out" / f"{split}.en"), strict=True)
        for source, target in pairs:
            assert source.split()[1] == target.split()[1]
            seen += 1
    assert seen == 80


@pytest.mark.parametrize(
    ("german", "english", "languages", "said"),
    [
        (["a", "b"], ["a"], ("de", "en"), "a.de has 2 lines, but"),
        ([], [], ("de", "en"), "contains no pairs"),
        (["gleich"], ["gleich"], ("de", "en"), "by the rule 'copies'"),
        (["a"], ["b"], ("de", "english language"), "english language"),
        (["a"], ["b"], ("", "en"), "source and target language are not given"),
    ],
)
def test_bad_input_is_one_line_and_exit_2_and_nothing_is_written(prepare, tmp_path, german, english, languages, said):
    code, out, err = prepare(german, english, languages=languages)
    assert code == 2
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_sets_that_are_given_are_kept_whole_and_the_training_set_loses_what_they_share(prepare, tmp_path):
    (tmp_path / "own.tsv").write_text("Guten Tag\tGood day\nGuten Tag\tGood day\n\tno source\n")
    german = ["Guten Tag!", "Hallo", "Auf Wiedersehen", "Danke"]
    english = ["Hello", "GOOD  DAY.", "Goodbye", "Thank you"]
    own = str(tmp_path / "own.tsv")
    code, out, err = prepare(german, english, "--valid", own, "--test", own, "--json")
    assert (code, err) == (0, "")
    kept = {"train": 2, "valid": 3, "test": 3}
    assert json.loads(out) == {"read": 4, "line_ends": 0, "rejected": {"overlap": 2}, "kept": kept}
    assert lines(tmp_path / "out" / "train.de") == ["Auf Wiedersehen", "Danke"]
    assert lines(tmp_path / "out" / "valid.de") == ["Guten Tag", "Guten Tag", ""]


def test_a_run_that_fails_harms_nothing_that_an_earlier_one_wrote(prepare, tmp_path):
    german, english = [f"Satz {number}" for number in range(40)], [f"sentence {number}" for number in range(40)]
    assert prepare(german, english)[0] == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(before) == 7
    for failing in ([*german, "noch einer"], [*german[:-1], ""][:39]):
        assert prepare(failing, english)[0] == 2
        assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_line_ends_inside_a_side_become_spaces_and_are_counted(prepare, tmp_path):
    lines_of_json = [json.dumps({"de": f"Satz {n}\nEnde", "en": f"sentence {n}"}) for n in range(30)]
    lines_of_json += [json.dumps({"de": f"Zahl {n}\n", "en": f"number {n}"}) for n in range(30)]  # at the end: no line
    (tmp_path / "more.jsonl").write_text("\n".join(lines_of_json))
    code, out, _ = prepare([], [], str(tmp_path / "more.jsonl"), "--json", "--set", "cleaning.near_duplicates=false")
    assert code == 0
    assert json.loads(out)["line_ends"] == 30
    assert any("Ende" in line for line in lines(tmp_path / "out" / "train.de"))
