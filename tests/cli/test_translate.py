import json

import pytest

from nmt.cli.main import app
from nmt.decoding import search as searching
from nmt.decoding.hypotheses import Hypothesis
from nmt.decoding.model import load_translator
from nmt.errors import ConfigError, DataError


@pytest.fixture
def translate(tmp_path, capsys):
    """Translate lines by `nmt translate`; gives the lines that it writes, and what it says on stderr."""

    def run(model, lines, *options):
        source, target = tmp_path / "in", tmp_path / "out"
        source.write_text("".join(f"{line}\n" for line in lines))
        command = ["translate", "--model", model, "--input", source, "--output", target, *options]
        app(list(map(str, command)), standalone_mode=False)
        return target.read_text().splitlines(), capsys.readouterr().err

    return run


def items(line):
    """What the JSON of a line says of its items; all of their places are right."""
    content = json.loads(line)
    best = content["translations"][0]
    for item in best["items"]:
        assert content["source"][slice(*item["source"])] == item["text"]
        if item["status"] == "copied":
            assert best["text"][slice(*item["target"])] == item["text"]
    return [(item["kind"], item["text"], item["status"]) for item in best["items"]]


def test_json_tells_what_became_of_each_item_and_where_it_stands(toy_hiding, translate):
    lines, warnings = translate(toy_hiding, ["- eins Hund 7.  Baum <b>Katze</b> 15:45. 😀 Haus {x}.", ""], "--json")
    assert items(lines[0]) == [
        ("literal", "7", "copied"),
        ("markup", "<b>", "copied"),
        ("markup", "</b>", "copied"),
        ("literal", "15:45", "copied"),
        ("markup", "😀", "copied"),
        ("markup", "{x}", "copied"),
    ]
    [best] = json.loads(lines[0])["translations"]
    assert best["text"] == "- one dog 7.  tree <b>cat</b> 15:45. 😀 house {x}."
    assert (best["flags"], best["finished"]) == ([], True)
    assert 0.5 < best["confidence"] < 1
    assert json.loads(lines[1])["translations"][0] | {"score": 0} == {
        "text": "", "score": 0, "confidence": 1.0, "finished": True, "items": [], "flags": [],
    }  # fmt: skip
    assert warnings == ""


def test_what_is_lost_is_warned_of_by_line_and_strict_fails_once_all_is_written(toy_model, translate, tmp_path, capsys):
    lines = ["Hund.", "eins Hund 7 und 8.", "Hund 15:45."]
    found, warnings = translate(toy_model, lines)
    assert len(found) == 3
    assert warnings.splitlines() == [
        f"nmt: warning: {tmp_path / 'in'}:{place}: {text!r} is lost"
        for place, text in [(2, "7"), (2, "8"), (3, "15:45")]
    ]
    with pytest.raises(DataError, match="in: 3 names, numbers or marks are lost in translation"):
        translate(toy_model, lines, "--strict")
    assert (tmp_path / "out").read_text().splitlines() == found
    assert capsys.readouterr().err == warnings


def test_what_is_inserted_is_warned_of_and_is_not_lost(toy_hiding, translate, monkeypatch):
    ids = load_translator([toy_hiding]).target_tokenizer.encode("one dog.")
    best = Hypothesis(ids=ids, score=0.0, log_prob=0.0, finished=True)
    monkeypatch.setattr(searching, "beam_search", lambda engine, sources, *rest: [[best] for _ in sources])
    [found], warnings = translate(toy_hiding, ["eins Hund 7."], "--strict")
    assert found.count("7") == 1
    assert ":1: '7' was inserted where its neighbour stands" in warnings
    assert warnings.count("\n") == 1


def test_patterns_protect_what_they_match(toy_hiding, translate):
    [found], _ = translate(toy_hiding, ["eins Hund vier Katze."], "--protect", "vier", "--protect", "[A-Z]atze")
    assert found == "one dog vier Katze."


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("(", r"--protect '\(': not a regular expression"), ("x*", r"--protect 'x\*': matches the empty string")],
)
def test_a_pattern_that_cannot_work_is_refused(toy_hiding, translate, pattern, message):
    with pytest.raises(ConfigError, match=message):
        translate(toy_hiding, ["Hund."], "--protect", pattern)


def test_a_glossary_lays_terms_down(toy_hiding, translate, tmp_path):
    (tmp_path / "terms.csv").write_text("source,target\nHund,hound\nHaus und Baum,property\n")
    options = ["--glossary", tmp_path / "terms.csv"]
    found, warnings = translate(toy_hiding, ["eins Hund.", "rot Haus und Baum.", "Katze."], *options)
    assert (found, warnings) == (["one hound.", "red property.", "cat."], "")
    lines, _ = translate(toy_hiding, ["eins Hund."], *options, "--json")
    assert items(lines[0]) == [("glossary", "Hund", "glossary")]


def test_a_glossary_with_a_fault_is_refused(toy_hiding, translate, tmp_path):
    (tmp_path / "terms.csv").write_text("Hund,hound\nHund,dog\n")
    with pytest.raises(
        DataError, match=r"terms\.csv:2: 'Hund' is translated as 'dog', but as 'hound' in .*terms\.csv:1; keep one"
    ):
        translate(toy_hiding, ["Hund."], "--glossary", tmp_path / "terms.csv")


def test_places_get_their_names_in_the_other_language_unless_that_is_switched_off(toy_hiding, translate):
    lines = ["eins Hund und Köln."]
    assert "Cologne" in translate(toy_hiding, lines)[0][0]
    assert "Köln" in translate(toy_hiding, lines, "--set", "protection.exonyms=false")[0][0]


def test_numbers_are_converted_on_request(toy_hiding, translate):
    lines, _ = translate(toy_hiding, ["eins Hund 1.234,50."], "--set", "protection.convert_numbers=true", "--json")
    assert items(lines[0]) == [("literal", "1.234,50", "converted")]
    assert json.loads(lines[0])["translations"][0]["text"] == "one dog 1,234.50."


def test_a_kind_that_is_switched_off_is_text(toy_hiding, translate):
    options = ["--set", "protection.literals=false", "--set", "protection.unknown=false", "--json"]
    lines, _ = translate(toy_hiding, ["eins Hund 7 und {x}."], *options)
    assert items(lines[0]) == [("markup", "{x}", "copied")]


def test_samples_and_n_best_have_each_item_once(toy_hiding, translate):
    for options in (["--n-best", 3], ["--sample", "--n-best", 3, "--seed", 2]):
        lines, _ = translate(toy_hiding, ["eins Hund 7 und {x}."], "--json", *options)
        found = [each["text"] for each in json.loads(lines[0])["translations"]]
        assert len(found) == 3
        assert [(text.count("7"), text.count("{x}")) for text in found] == [(1, 1)] * 3


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_both_engines_bring_all_through(toy_hiding, translate, engine):
    [found], _ = translate(toy_hiding, ["eins Hund 7 und 8 <b>Katze</b>."], "--engine", engine)
    assert found == "one dog 7 and 8 <b>cat</b>."
