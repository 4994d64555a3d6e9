from dataclasses import asdict

import numpy as np
import pytest
import torch

from nmt.data.bio_tags import bio_tags
from nmt.data.sentence import Alphabet, Sentence
from nmt.engines.int8 import dequantize_weights, quantize_weights
from nmt.engines.networks import fill, weights_of
from nmt.engines.onnx_encoder import OnnxEncoder
from nmt.engines.onnx_layers import Network
from nmt.engines.onnx_tagger import OnnxTagger
from nmt.engines.torch_tagger import TorchTagger
from nmt.model_folder.schemas import tagger_schema
from nmt.models.config import ModelConfig, TaggerConfig
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork

TYPES = ["LOC", "PER"]
ALPHABET = Alphabet("abcdefgh")


def taggers(characters=12, recurrent=True, vocabulary=40, **changes):
    """The same tagger in torch and in onnxruntime, of random weights, on an encoder whose weights are int8 in both."""
    torch.manual_seed(1)
    config = ModelConfig(**{"embedding_size": 24, "hidden_size": 32, **changes})
    translator = TranslationNetwork(config, vocabulary, vocabulary, shared=True)
    own = TaggerConfig(hidden_size=16, characters=characters, recurrent=recurrent)
    head = TaggingHead(own, config.cell, config.hidden_size, len(ALPHABET), bio_tags(TYPES))
    for parameter in (*translator.parameters(), *head.parameters()):
        torch.nn.init.normal_(parameter, std=0.3)
    arrays = quantize_weights(weights_of(translator))
    fill(translator, dequantize_weights(arrays, weights_of(translator)))
    encoder = OnnxEncoder(Network(arrays=arrays, config=asdict(config)))
    return TorchTagger(translator, head, ALPHABET), OnnxTagger(encoder, weights_of(head), ALPHABET)


def sentence(words, subwords, seed=1):
    """Words of so many subwords in all, and at least one each; the last one is shown by none of them."""
    generator = np.random.default_rng(seed)
    places = sorted(generator.integers(0, subwords, len(words) - 1).tolist())
    return Sentence(
        ids=generator.integers(5, 40, subwords).tolist(),
        first=[*places, subwords],
        last=[min(place + 1, subwords) for place in places] + [subwords],
        words=words,
    )


SENTENCES = [
    sentence(["ab", "c", "xyz", "ab"], 9),
    sentence(["h"], 0),
    sentence(["abcdefgh" * 9, "é"], 2),
    *(sentence(["bad", "cab", "a" * length], 3 + length, seed=length) for length in range(1, 12)),
]


@pytest.mark.parametrize(
    "changes",
    [
        {"cell": "gru"},
        {"cell": "lstm"},
        {"cell": "rnn"},
        {"cell": "ssru"},
        {"encoder_layers": 2, "embedding_size": 32},
        {"characters": 0},
        {"recurrent": False},
        {"recurrent": False, "characters": 0},
    ],
    ids=str,
)
def test_it_computes_what_the_network_in_torch_does_but_for_rounding(changes):
    expected, found = (tagger(SENTENCES) for tagger in taggers(**changes))
    assert [scores.shape for scores in found] == [(len(each.words), 5) for each in SENTENCES]
    spread = np.concatenate(expected).std()
    for own, other in zip(found, expected, strict=True):
        assert np.abs(own - other).max() < 0.25 * spread


@pytest.mark.parametrize("recurrent", [True, False])
@pytest.mark.parametrize("cell", ["gru", "lstm", "ssru"])
def test_a_sentence_gives_the_same_bytes_alone_and_beside_others(cell, recurrent):
    _, tagger = taggers(cell=cell, recurrent=recurrent)
    alone = [tagger([each])[0].tobytes() for each in SENTENCES]
    assert [scores.tobytes() for scores in tagger(SENTENCES)] == alone
    assert [scores.tobytes() for scores in tagger(SENTENCES[::-1] * 3)] == alone[::-1] * 3


@pytest.mark.parametrize("crf", [True, False])
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "ssru"])
@pytest.mark.parametrize("characters", [0, 12])
@pytest.mark.parametrize("recurrent", [True, False])
def test_the_schema_of_a_taggers_weights_is_that_of_the_network(cell, characters, crf, recurrent):
    own = TaggerConfig(hidden_size=16, characters=characters, crf=crf, recurrent=recurrent)
    head = TaggingHead(own, cell, 32, len(ALPHABET), bio_tags(TYPES))
    description = {"tagger": asdict(own), "types": TYPES, "alphabet": ALPHABET.characters}
    found = {name: (array.dtype.name, array.shape) for name, array in weights_of(head).items()}
    assert found == tagger_schema(description, {"cell": cell, "hidden_size": 32})
