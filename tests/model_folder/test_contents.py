import json

import numpy as np
import pytest

from nmt.errors import ModelError
from nmt.model_folder.arrays import parse, to_bytes
from nmt.model_folder.contents import (
    int8_parts,
    load_known_words,
    load_statistics,
    load_tokenizers,
    open_model,
    small_parts,
    tagger_parts,
    translator_parts,
)
from nmt.model_folder.descriptions import read_description, read_tagger_description
from nmt.model_folder.parts import INT8
from nmt.model_folder.schemas import int8_schema
from nmt.model_folder.store import open_folder, save
from nmt.protection.word_statistics import Seen, WordStatistics
from nmt.text.tokenizer import Tokenizer

CONFIG = {
    "cell": "gru",
    "embedding_size": 6,
    "hidden_size": 8,
    "encoder_layers": 2,
    "decoder_layers": 1,
    "attention_heads": 2,
}
DESCRIPTION = {
    "source": "de",
    "target": "en",
    "directions": "both",
    "model": CONFIG,
    "search": {"beam_size": 5},
    "usual_length": 20,
    "greatest_length": 60,
    "order": {"name": 0.98},
    "training": {},
}
STATISTICS = WordStatistics(by_language={"de": {"Hund": Seen(3, 0)}, "en": {"Tom": Seen(16, 16)}})
TAGGER = {"tagger": {}, "types": ["LOC"], "alphabet": "abc", "labels": {}, "training": {}}


@pytest.fixture
def saved(tmp_path):
    """Save parts and open them."""

    def save_and_open(parts):
        save(tmp_path / "model", parts)
        return open_folder(tmp_path / "model")

    return save_and_open


@pytest.fixture
def tokenizer(toy_data):
    return Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())


def filled(schema):
    return {name: np.ones(shape, dtype) for name, (dtype, shape) in schema.items()}


def int8_arrays(size=76):  # of the toy data's tokenizer
    return filled(int8_schema(CONFIG, size, size, shared=True))


@pytest.mark.parametrize("statistics", [None, STATISTICS])
def test_what_is_saved_of_a_translator_is_loaded(saved, tokenizer, statistics):
    parts = translator_parts(DESCRIPTION, b"weights", (tokenizer, tokenizer), statistics, None)
    folder = saved(parts)
    assert read_description(folder) == DESCRIPTION
    source, target = load_tokenizers(folder)
    assert source is target
    assert source.to_bytes() == tokenizer.to_bytes()
    assert load_statistics(folder) == statistics
    assert load_known_words(folder) is None
    assert folder.read("translator.safetensors") == b"weights"


def test_two_tokenizers_are_saved_apart(saved, tokenizer, toy_data):
    other = Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())
    folder = saved(translator_parts(DESCRIPTION, b"weights", (tokenizer, other), None, None))
    assert {"source.model", "target.model"} < folder.parts.keys()
    source, target = load_tokenizers(folder)
    assert source is not target


def test_a_folder_from_before_a_key_existed_has_what_was_meant_then(saved):
    content = {key: value for key, value in DESCRIPTION.items() if key not in ("directions", "order")}
    found = read_description(saved({"config.json": json.dumps(content).encode()}))
    assert (found["directions"], found["order"]) == ("one", {})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"source": None}, "source is 'None'"),
        ({"usual_length": "20"}, "usual_length is '20'"),
        ({"directions": "none"}, "directions is 'none'"),
        ({"model": [1]}, r"model is '\[1\]'"),
    ],
)
def test_what_describes_no_translator_is_refused(saved, changes, said):
    folder = saved({"config.json": json.dumps({**DESCRIPTION, **changes}).encode()})
    with pytest.raises(ModelError, match=f"config.json does not describe a translator .{said}.; train the model again"):
        read_description(folder)


def test_the_tagger_of_an_older_folder_reads_each_word_by_itself(saved):
    older = saved({"tagger.json": json.dumps(TAGGER | {"tagger": {"hidden_size": 8}}).encode()})
    assert read_tagger_description(older)["tagger"] == {"hidden_size": 8, "recurrent": False}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "tagger.json is not valid JSON"),
        (b"[]", "tagger.json is not a JSON object"),
        (b"{}", "tagger.json does not describe a tagger"),
    ],
)
def test_what_describes_no_tagger_is_refused(saved, content, said):
    with pytest.raises(ModelError, match=f"{said}.*; train the tagger again"):
        read_tagger_description(saved({"tagger.json": content}))


def test_an_older_folder_has_words_in_place_of_statistics(saved):
    assert load_known_words(saved({"words.txt": b"dog\nhouse"})) == {"dog", "house"}


def test_words_that_are_no_text_are_refused(saved):
    with pytest.raises(ModelError, match=r"words\.txt is not UTF-8"):
        load_known_words(saved({"words.txt": b"\xff"}))


def test_int8_weights_are_loaded_for_their_vocabularies(saved, tokenizer):
    parts = translator_parts(DESCRIPTION, b"weights", (tokenizer, tokenizer), None, None)
    model = open_model(saved(parts | int8_parts(int8_arrays())).path)
    assert model.int8["target_embedding.weight"].shape == (76, 6)
    model = open_model(saved(parts | int8_parts(int8_arrays(9))).path)
    with pytest.raises(ModelError, match=f"{INT8}: target_embedding.weight is .*; make it again with nmt export"):
        _ = model.int8


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cell": "other"}, r"config\.json does not describe a translator"),
        ({"hidden_size": "8"}, r"config\.json does not describe a translator"),
        ({"attention_heads": 3}, "not a multiple of two times attention_heads"),
    ],
)
def test_a_configuration_that_is_none_has_no_int8_weights(saved, tokenizer, changes, said):
    description = {**DESCRIPTION, "model": CONFIG | changes}
    parts = translator_parts(description, b"weights", (tokenizer, tokenizer), None, None) | int8_parts(int8_arrays())
    with pytest.raises(ModelError, match=said):
        _ = open_model(saved(parts).path).int8


def test_a_small_copy_has_int8_weights_alone_and_a_tagger_in_half_precision(saved, tokenizer):
    folder = saved(
        {
            **translator_parts(DESCRIPTION, b"weights", (tokenizer, tokenizer), STATISTICS, None),
            **tagger_parts(TAGGER, to_bytes({"a": np.array([0.1], np.float32)})),
            INT8: b"out of date",
        }
    )
    parts = small_parts(folder, int8_arrays())
    assert parts.keys() == folder.parts.keys() - {"translator.safetensors"}
    assert parts[INT8] == to_bytes(int8_arrays())
    [half] = parse(parts["tagger.safetensors"], "", "").values()
    assert half.dtype == np.float16
    assert parts["config.json"] == folder.read("config.json")
