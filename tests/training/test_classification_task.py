"""The three ways to share an encoder with a classifier, and a training that goes on where it was stopped."""

from functools import partial
from itertools import count
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from tests_labelled import NOUNS, SETTINGS, labelled_lines

from nmt.decoding.classifier import classify_chunks, load_classifier
from nmt.errors import ConfigError, DataError, ModelError
from nmt.model_folder.store import open_folder
from nmt.stages.export import export
from nmt.stages.train_classifier import train_classifier
from nmt.stages.translate import translate_lines


@pytest.fixture(scope="module")
def corpora(tmp_path_factory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("labelled")
    for name, size, seed in (("train", 200, 1), ("valid", 60, 2)):
        (folder / f"{name}.tsv").write_text(labelled_lines(size, seed))
    return {name: [str(folder / f"{name}.tsv")] for name in ("train", "valid")}


def run(toy_config, toy_model, corpora, out, *changes, **others):
    f1 = []

    def report(progress):
        if progress.validation:
            f1.append(progress.validation.figures["macro_f1"])

    train_classifier(
        config=toy_config(*SETTINGS, *changes), model=toy_model, out=out, report=report, **corpora, **others
    )
    return f1


def digest(folder: Path) -> dict[str, str]:
    return {name: part.sha256 for name, part in open_folder(folder).parts.items()}


def test_a_frozen_translator_stays_as_it_is_and_is_learnt_from(toy_config, toy_model, corpora, tmp_path):
    assert max(run(toy_config, toy_model, corpora, tmp_path / "run")) > 90
    before, after = digest(toy_model), digest(tmp_path / "run")
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"classifier.json", "classifier.safetensors"}
    model = load_classifier(tmp_path / "run")
    assert model.labels == sorted(set(NOUNS.values()))
    animal, blank, building = classify_chunks(model, [["vier Hund und rot.", " ", "blau Haus."]])
    assert (animal.label, blank.label, building.label) == ("animal", "", "building")
    assert sum(animal.probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize("encoder", ["finetune", "joint"])
def test_an_encoder_that_learns_to_label_changes(toy_config, toy_model, toy_data, corpora, tmp_path, encoder):
    data = toy_data if encoder == "joint" else None
    f1 = run(toy_config, toy_model, corpora, tmp_path / "run", f"classification.encoder={encoder}", data=data)
    assert max(f1) > 95
    assert digest(tmp_path / "run")["translator.safetensors"] != digest(toy_model)["translator.safetensors"]
    assert list(translate_lines(tmp_path / "run", ["eins zwei."]))


def test_a_tagger_is_kept_beside_a_frozen_encoder_and_left_out_beside_another(
    toy_config, toy_tagger, corpora, tmp_path
):
    tagger = {"tagger.json", "tagger.safetensors"}
    run(toy_config, toy_tagger, corpora, tmp_path / "frozen", "classification.epochs=1")
    assert tagger <= digest(tmp_path / "frozen").keys()
    changes = ("classification.epochs=1", "classification.encoder=finetune")
    run(toy_config, toy_tagger, corpora, tmp_path / "finetuned", *changes)
    assert not tagger & digest(tmp_path / "finetuned").keys()


@pytest.mark.parametrize("encoder", ["frozen", "joint"])
def test_a_training_stopped_anywhere_ends_as_one_never_stopped(
    toy_config, toy_model, toy_data, corpora, tmp_path, encoder
):
    changes = (f"classification.encoder={encoder}", "classification.epochs=2")
    data = toy_data if encoder == "joint" else None

    def stop(reports):
        return next(reports) == 2

    run(toy_config, toy_model, corpora, tmp_path / "whole", *changes, data=data)
    for _ in range(4):  # each time two updates further
        run(toy_config, toy_model, corpora, tmp_path / "cut", *changes, data=data, stop=partial(stop, count(1)))
    run(toy_config, toy_model, corpora, tmp_path / "cut", *changes, data=data)
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    checkpoint = "classifier-checkpoint"
    assert digest(tmp_path / "cut" / checkpoint) == digest(tmp_path / "whole" / checkpoint)


def test_the_engine_without_torch_finds_what_torch_does(toy_config, toy_model, corpora, tmp_path):
    run(toy_config, toy_model, corpora, tmp_path / "run")
    small = export(model=tmp_path / "run", out=tmp_path / "small")
    lines = [line.partition("\t")[2] for line in labelled_lines(50, 3).splitlines()]
    exact, quantized = (
        list(classify_chunks(load_classifier(path, engine=engine), [lines]))
        for path, engine in ((tmp_path / "run", "torch"), (small, "onnx"))
    )
    assert [line.label for line in exact] == [line.label for line in quantized]
    shares = [[list(line.probabilities.values()) for line in found] for found in (exact, quantized)]
    assert np.abs(np.subtract(*shares)).max() < 0.1


def test_a_line_has_the_same_probabilities_alone_and_beside_others(toy_config, toy_model, corpora, tmp_path):
    run(toy_config, toy_model, corpora, tmp_path / "run", "classification.epochs=1")
    lines = [line.partition("\t")[2] for line in labelled_lines(40, 4).splitlines()]
    for engine in ("onnx", "torch"):
        model = load_classifier(tmp_path / "run", engine=engine)
        together = list(classify_chunks(model, [lines]))
        assert [next(classify_chunks(model, [[line]])) for line in lines] == together


@pytest.mark.parametrize(
    ("train", "valid", "said"),
    [
        ("a\tHund\n", "a\tHund\n", "all training lines have the label 'a'"),
        ("a\tHund\nb\tBaum\n", "a\tHund\n", "no validation line has the label 'b'"),
        ("a\tHund\nb\tBaum\n", "a\tHund\nb\tBaum\nc\tHaus\n", "no training line has the label 'c'"),
    ],
)
def test_labels_that_cannot_be_learnt_or_judged_are_named(toy_config, toy_model, tmp_path, train, valid, said):
    for name, text in (("train", train), ("valid", valid)):
        (tmp_path / name).write_text(text)
    names = {name: [str(tmp_path / name)] for name in ("train", "valid")}
    with pytest.raises(DataError, match=said):
        run(toy_config, toy_model, names, tmp_path / "run")


def test_folders_and_settings_that_do_not_fit_are_refused(toy_config, toy_model, toy_both, corpora, tmp_path):
    with pytest.raises(ConfigError, match=r"classification.encoder is 'finetune', .* another folder with --out"):
        run(toy_config, toy_model, corpora, None, "classification.encoder=finetune")
    with pytest.raises(ConfigError, match=r"classification.encoder = 'joint' .*--data"):
        run(toy_config, toy_model, corpora, tmp_path / "run", "classification.encoder=joint")
    copytree(toy_both, tmp_path / "other")
    with pytest.raises(ModelError, match="holds another model, and no classifier training to resume"):
        run(toy_config, toy_model, corpora, tmp_path / "other")
