"""What `nmt classify`, `nmt train-classifier` and `nmt evaluate-classifier` say, good input and bad."""

import json

import pytest
from tests_labelled import SETTINGS, labelled_lines

OPTIONS = [word for each in SETTINGS for word in ("--set", each)]


@pytest.fixture(scope="module")
def folder(made_once, toy_model, toy_config):
    from nmt.stages.train_classifier import train_classifier

    def train(folder):
        (folder / "train.tsv").write_text(labelled_lines(200, 1))
        (folder / "valid.tsv").write_text(labelled_lines(60, 2))
        corpora = {name: [str(folder / f"{name}.tsv")] for name in ("train", "valid")}
        train_classifier(config=toy_config(*SETTINGS), model=toy_model, out=folder / "run", **corpora)

    return made_once("toy-classifier", train)


def test_a_label_and_its_probability_stand_on_the_line_of_the_text(nmt_here, folder, tmp_path):
    text, out = tmp_path / "text", tmp_path / "out"
    text.write_text("rot Katze.\n\nblau Baum.\n")
    assert nmt_here("classify", "--model", str(folder / "run"), "-i", str(text), "-o", str(out)).code == 0
    first, blank, last = out.read_text().split("\n")[:3]
    assert (first.split("\t")[0], blank, last.split("\t")[0]) == ("animal", "", "plant")
    assert 0.5 < float(first.split("\t")[1]) <= 1
    assert nmt_here("classify", "--model", str(folder / "run"), "-i", str(text), "-o", str(out), "--json").code == 0
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["label"] for record in records] == ["animal", None, "plant"]
    assert set(records[0]["probabilities"]) == {"animal", "building", "plant"}
    assert records[1]["probabilities"] == {}


def test_an_evaluation_shows_scores_calibration_and_confusions(nmt_here, folder):
    ended = nmt_here("evaluate-classifier", "--model", str(folder / "run"), "-r", str(folder / "valid.tsv"))
    assert ended.code == 0
    shown = ended.out.decode()
    assert "60 lines" in shown
    assert "accuracy (micro F1)" in shown
    assert "expected calibration error" in shown
    assert "building" in shown
    arguments = ("--model", str(folder / "run"), "-r", str(folder / "valid.tsv"), "--json")
    found = json.loads(nmt_here("evaluate-classifier", *arguments).out)
    assert found["scores"]["macro_f1"] > 90


def test_a_strange_label_is_named_in_one_line(nmt_here, folder, tmp_path):
    (tmp_path / "other.tsv").write_text("star\tHund.\n")
    ended = nmt_here("evaluate-classifier", "--model", str(folder / "run"), "-r", str(tmp_path / "other.tsv"))
    assert ended.code == 2
    assert b"has no label 'star', but animal, building, plant" in ended.err


def test_a_model_without_a_classifier_says_how_to_get_one(nmt_here, toy_model, tmp_path):
    (tmp_path / "text").write_text("Hund.\n")
    ended = nmt_here("classify", "--model", str(toy_model), "-i", str(tmp_path / "text"))
    assert ended.code == 2
    assert b"has no classifier; train one with nmt train-classifier" in ended.err


def test_checking_a_folder_checks_its_classifier(nmt_here, folder):
    ended = nmt_here("check", str(folder / "run"))
    assert ended.code == 0
    assert b"classifier      labels" in ended.out


def test_a_damaged_classifier_is_refused(nmt_here, folder, tmp_path):
    from shutil import copytree

    from nmt.model_folder.store import open_folder, update

    run = copytree(folder / "run", tmp_path / "run")
    description = json.loads(open_folder(run).read("classifier.json"))
    for change in ({"temperature": 0.0}, {"temperature": "x"}, {"labels": ["a"]}, {"classifier": {}}):
        update(run, {"classifier.json": json.dumps(description | change).encode()})
        ended = nmt_here("check", str(run))
        assert ended.code == 2, change
        assert ended.err.count(b"\n") == 1


def test_training_by_the_command_line(nmt_here, toy_model, folder, tmp_path):
    corpora = ("--train", str(folder / "train.tsv"), "--valid", str(folder / "valid.tsv"))
    arguments = ("--model", str(toy_model), *corpora, "--out", str(tmp_path / "run"), *OPTIONS)
    ended = nmt_here("train-classifier", *arguments, "--set", "classification.epochs=1")
    assert ended.code == 0
    assert b"macro F1" in ended.err
    again = nmt_here("train-classifier", *arguments, "--set", "classification.epochs=1")
    assert b"was done already; label lines with: nmt classify --model" in again.err
