import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from tests_toy import toy_pairs

from nmt.decoding.model import load_translator
from nmt.decoding.tagger import load_tagger, tag_chunks
from nmt.decoding.translator import translate_chunks
from nmt.engines.export import add_engine, int8_of
from nmt.engines.int8 import LEVELS_OF_8_BITS, quantize_weights
from nmt.engines.networks import load_network, weights_of
from nmt.engines.onnx import OnnxEngine
from nmt.engines.torch import TorchEngine
from nmt.errors import ConfigError, ModelError
from nmt.model_folder.contents import int8_parts, open_model
from nmt.model_folder.parts import INT8, TRANSLATOR
from nmt.model_folder.store import open_folder, save, update
from nmt.model_folder.tensors import parse
from nmt.model_folder.tensors import to_bytes as tensors_to_bytes
from nmt.stages.check import check
from nmt.stages.export import export
from nmt.stages.translate import translate_lines

LINES, REFERENCES = zip(*toy_pairs(30, seed=7), strict=True)


def parts_of(path):
    folder = open_folder(path)
    return {name: folder.read(name) for name in folder.parts}


@pytest.fixture
def copy(toy_model, tmp_path):
    """A copy of the toy model that tests may change."""
    save(tmp_path / "copy", parts_of(toy_model))
    return tmp_path / "copy"


@pytest.mark.parametrize("name", ["toy_model", "toy_both", "toy_tagger"])
def test_every_training_leaves_an_engine_of_its_translator(request, name):
    path = request.getfixturevalue(name)
    assert open_folder(path).has(INT8)
    check(path)


def test_the_engine_translates_as_torch_does(toy_model):
    assert isinstance(load_translator([toy_model]).engine, OnnxEngine)
    found, expected = (list(translate_lines(toy_model, LINES, engine=engine)) for engine in ("auto", "torch"))
    assert found == expected


def test_the_engine_knows_both_directions(toy_both):
    pairs = toy_pairs(30, seed=7)
    for place, (source, target) in enumerate([("de", "en"), ("en", "de")]):
        lines = [pair[place] for pair in pairs]
        found = list(translate_lines(toy_both, lines, source=source, target=target))
        assert sum(line == pair[1 - place] for line, pair in zip(found, pairs, strict=True)) >= 25


def test_a_model_without_an_engine_runs_in_torch_until_it_gets_one(copy):
    parts = parts_of(copy)
    engine = parts.pop(INT8)
    save(copy, parts)
    assert isinstance(load_translator([copy]).engine, TorchEngine)
    with pytest.raises(ModelError, match=f"has no {INT8}"):
        load_translator([copy], engine="onnx")
    assert export(model=copy) == copy
    assert parts_of(copy) == parts | {INT8: engine}
    assert isinstance(load_translator([copy]).engine, OnnxEngine)


def test_a_stale_engine_is_found(copy):
    tensors = parse(open_folder(copy).read("translator.safetensors"), "")
    tensors["output_bias"] += 1
    update(copy, {"translator.safetensors": tensors_to_bytes(tensors)})
    with pytest.raises(
        ModelError, match=r"engine.safetensors does not belong to translator.safetensors; .* nmt export"
    ):
        check(copy)
    add_engine(copy)
    check(copy)


def test_an_engine_of_8_bits_stays_sound_until_it_is_made_again(copy):
    new = parts_of(copy)[INT8]
    update(copy, int8_parts(int8_of(open_model(copy), levels=LEVELS_OF_8_BITS)))
    old = parts_of(copy)[INT8]
    check(copy)
    assert list(translate_lines(copy, LINES)) == list(translate_lines(copy, LINES, engine="torch"))
    add_engine(copy)
    assert parts_of(copy)[INT8] == new != old


def test_a_small_copy_translates_and_tags_as_the_model_does(toy_tagger, tmp_path):
    small = export(model=toy_tagger, out=tmp_path / "small")
    old, new = open_folder(toy_tagger).parts, open_folder(small).parts
    assert new.keys() == old.keys() - {"translator.safetensors"}
    assert new["tagger.safetensors"].size < 0.6 * old["tagger.safetensors"].size
    check(small)
    for engine, may_differ in (("onnx", 0), ("torch", 1)):  # torch has the small copy's rounded weights
        found, expected = (list(translate_lines(path, LINES, engine=engine)) for path in (small, toy_tagger))
        differ = [place for place, text in enumerate(expected) if found[place] != text]
        assert len(differ) <= may_differ
        assert not any(expected[place] == REFERENCES[place] for place in differ)  # and none that was right
    tagged, expected = (list(tag_chunks(load_tagger(path), [LINES])) for path in (small, toy_tagger))
    assert sum(one.tags == other.tags for one, other in zip(tagged, expected, strict=True)) >= len(LINES) - 1
    again = export(model=small, out=tmp_path / "again")
    one, other = (parse(parts_of(path)["tagger.safetensors"], "") for path in (small, again))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_copy_needs_another_place(copy):
    with pytest.raises(ConfigError, match="would overwrite what is read"):
        export(model=copy, out=copy)


def test_the_engine_starts_without_torch_and_datasets(toy_model, toy_tagger):
    code = (
        "import sys; from nmt.cli.main import main\n"
        "try: main()\n"
        "finally: print(sorted({'torch', 'datasets', 'sacrebleu'} & sys.modules.keys()), file=sys.stderr)"
    )
    for command, model, expected in (
        ("translate", toy_model, b"house and dog.\n"),
        ("tag", toy_tagger, b"Haus und [Hund|PER].\n"),
    ):
        arguments = [sys.executable, "-c", code, command, "--model", str(model)]
        run = subprocess.run(arguments, input=b"Haus und Hund.\n", capture_output=True, timeout=60)
        assert run.stdout == expected
        assert run.stderr == b"[]\n"


def test_names_are_those_that_the_network_finds(toy_tagger):
    found, expected = (
        list(tag_chunks(load_tagger(toy_tagger, engine=engine), [LINES])) for engine in ("auto", "torch")
    )
    assert [one.tags for one in found] == [other.tags for other in expected]
    scores = [[entity.score for one in each for entity in one.entities] for each in (found, expected)]
    np.testing.assert_allclose(*scores, atol=0.05)


def test_a_tagger_beside_a_translator_without_an_engine_runs_in_torch(toy_tagger, tmp_path):
    parts = parts_of(toy_tagger)
    del parts[INT8]
    save(tmp_path / "bare", parts)
    [tagged] = tag_chunks(load_tagger(tmp_path / "bare"), [["Haus und Hund."]])
    assert [entity.text for entity in tagged.entities] == ["Hund"]
    with pytest.raises(ModelError, match=f"has no {INT8}"):
        load_tagger(tmp_path / "bare", engine="onnx")
    with pytest.raises(ConfigError, match="the engine onnx runs on cpu, not on cuda"):
        load_tagger(toy_tagger, "cuda", "onnx")


def test_scores_are_those_of_the_network(toy_model):
    models = [load_translator([toy_model], engine=engine) for engine in ("onnx", "torch")]
    own, other = (
        [found.alternatives[0].score for found in translate_chunks(one, [LINES], one.search)] for one in models
    )
    np.testing.assert_allclose(own, other, atol=0.05)


def test_a_small_copy_does_not_take_the_place_of_a_training(toy_model, tmp_path):
    shutil.copytree(toy_model, tmp_path / "run")
    with pytest.raises(ConfigError, match="holds a training"):
        export(model=toy_model, out=tmp_path / "run")
    assert export(model=tmp_path / "run") == tmp_path / "run"


def test_several_models_become_one_of_their_mean_weights(toy_model, toy_both, toy_tagger, tmp_path):
    def weights(path):
        return weights_of(load_network(open_model(path), "cpu"))

    other = tmp_path / "other"
    tripled = {name: 3 * array for name, array in weights(toy_model).items()}
    as_trained = tensors_to_bytes({name: torch.from_numpy(array) for name, array in tripled.items()})
    save(other, parts_of(toy_model) | {TRANSLATOR: as_trained} | int8_parts(quantize_weights(tripled)))
    export(model=[toy_model, other], out=tmp_path / "mean")
    export(model=[toy_model], out=tmp_path / "one")
    one, mean = weights(tmp_path / "one"), weights(tmp_path / "mean")
    for name, array in one.items():
        np.testing.assert_allclose(mean[name], array * 2, rtol=1e-5)
    export(model=[toy_model, toy_model, toy_model], out=tmp_path / "again")
    assert list(translate_lines(tmp_path / "again", LINES)) == list(translate_lines(tmp_path / "one", LINES))
    with pytest.raises(ModelError, match="is another network than"):
        export(model=[toy_model, toy_both], out=tmp_path / "none")
    with pytest.raises(ConfigError, match="name its folder by --out"):
        export(model=[toy_model, other])
    with pytest.raises(ConfigError, match="has a tagger or a classifier, which would read other weights"):
        export(model=[toy_tagger, toy_model], out=tmp_path / "none")
    assert not (tmp_path / "none").exists()
