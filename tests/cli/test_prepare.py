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
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == report
    corpora = [str(tmp_path / name) for name in ("a.de", "a.en")]
    assert report.pop("inputs") == {"languages": ["de", "en"], "corpora": corpora, "valid": [], "test": []}
    assert report == {
        "read": 42, "line_ends": 0, "rejected": {"empty": 1, "copies": 1}, "kept": {"train": 34, "valid": 3, "test": 3}
    }  # fmt: skip
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
    report = json.loads(out)
    assert report.pop("inputs")["valid"] == [own]
    assert report == {"read": 4, "line_ends": 0, "rejected": {"overlap": 2}, "kept": kept}
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


def test_one_sentence_again_and_again_is_called_duplicates(prepare):
    for options, rule in (((), "duplicates"), (("--set", "cleaning.duplicates=0"), "near_duplicates")):
        code, _, err = prepare(["Guten Tag"] * 300, ["Good day"] * 300, *options)
        assert code == 2
        assert f"1 pair is too few to hold out 1 for test: 299 of 300 were left out, 299 by the rule '{rule}'" in err


def test_escaped_and_split_text_is_told_on_stderr_and_repaired_on_request(prepare, tmp_path):
    chinese = [f"我 今天 在 第 {number} 天" for number in range(40)]
    english = [f"I &apos;m well @-@ known {number}" for number in range(40)]
    code, out, err = prepare(chinese, english, "--json", languages=("zh", "en"))
    assert (code, json.loads(out)["read"]) == (0, 40)
    first, second = err.splitlines()
    assert first.startswith("nmt: warning: 40 of 40 pairs have escapes")
    assert second.startswith("nmt: warning: in 40 of 40 pairs spaces stand between the words of zh")
    options = ("--set", "cleaning.unescape=true", "--set", "cleaning.join_words=true")
    assert prepare(chinese, english, *options, languages=("zh", "en"))[::2] == (0, "")
    for split in ("train", "valid"):
        assert lines(tmp_path / "out" / f"{split}.en")[0].startswith("I 'm well-known ")
        assert lines(tmp_path / "out" / f"{split}.zh")[0].startswith("我今天在第")


def test_a_limit_draws_from_what_the_rules_leave(prepare):
    german = ["", *(f"Satz {number}" for number in range(100))]
    english = ["x", *(f"sentence {number}" for number in range(100))]
    code, out, _ = prepare(german, english, "--limit", "30", "--json")
    assert code == 0
    report = json.loads(out)
    assert report.pop("inputs")["languages"] == ["de", "en"]
    assert report == {
        "read": 101,
        "line_ends": 0,
        "rejected": {"empty": 1, "limit": 70},
        "kept": {"train": 28, "valid": 1, "test": 1},
    }


GERMAN, ENGLISH = [f"Satz {number}" for number in range(40)], [f"sentence {number}" for number in range(40)]


def test_another_corpus_in_the_folder_is_replaced_on_request_alone(prepare, tmp_path):
    assert prepare(GERMAN, ENGLISH)[0] == 0
    assert prepare(GERMAN[1:], ENGLISH[1:])[0] == 0  # the same corpora, whatever they hold by now
    held = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    (tmp_path / "more.tsv").write_text("noch eins\tanother one\n")
    code, _, err = prepare(GERMAN, ENGLISH, str(tmp_path / "more.tsv"))
    assert code == 2
    assert "holds report.json, of another corpus or of your own; choose another folder, or add --replace" in err
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == held
    assert prepare(GERMAN, ENGLISH, str(tmp_path / "more.tsv"), "--replace")[0] == 0


def test_replacing_a_corpus_of_other_languages_leaves_nothing_of_it(prepare, tmp_path):
    assert prepare(GERMAN, ENGLISH)[0] == 0
    (tmp_path / "out" / "tokenizer.model").write_bytes(b"the user's")
    (tmp_path / "out" / "train.it").write_bytes(b"the user's")
    assert prepare(GERMAN, ENGLISH, "--replace", languages=("nl", "en"))[0] == 0
    made = {f"{split}.{language}" for split in ("train", "valid", "test") for language in ("nl", "en")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == made | {"report.json", "tokenizer.model", "train.it"}


@pytest.mark.parametrize("report", ["[]", "{}", '{"inputs": 3}', '{"inputs": {"languages": "de"}}', "no JSON"])
def test_a_report_of_somebody_else_tells_nothing(prepare, tmp_path, report):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.json").write_text(report)
    assert prepare(GERMAN, ENGLISH)[0] == 2
    assert prepare(GERMAN, ENGLISH, "--replace")[0] == 0


@pytest.mark.parametrize("option", ["--valid", "--test"])
def test_two_files_after_one_option_are_told_apart(prepare, tmp_path, option):
    for name in ("v.de", "v.en"):
        (tmp_path / name).write_text("eins\n")
    source, target = str(tmp_path / "v.de"), str(tmp_path / "v.en")
    code, _, err = prepare(GERMAN, ENGLISH, option, source, target)
    assert code == 2
    assert f"give {option} twice: {option} {source} {option} FILE" in err
    assert prepare(GERMAN, ENGLISH, option, source, option, target)[0] == 0
