"""The tagger for CPUs: the int8 encoder, words' characters and a score for each tag, in onnxruntime, without torch.

Nothing that is computed for a word depends on other sentences (see onnx_layers.py), nor on how far its own is padded:
no sum goes over positions.

Shapes: B sentences, S source length, W words of a sentence, N words of all of them, C characters, H hidden, L tags.
"""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from nmt.data.sentence import Alphabet, Sentence
from nmt.engines.base import Floats, padded_length
from nmt.engines.int8 import quantize_weights
from nmt.engines.onnx import backwards, columns, open_session
from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Layers, Network
from nmt.engines.onnx_translator import encode
from nmt.model_folder.arrays import Arrays
from nmt.text.tokenizer import EOS_ID

_WIDTHS = 8  # characters: words are read together with others of the same number of these


class OnnxTagger:
    """Gives emissions [W, L] for each of a few sentences; several threads may call it at the same time."""

    def __init__(self, encoder: Network, weights: Arrays, alphabet: Alphabet) -> None:
        """The weights are those of a Tagger; they are made int8 here, since that takes no time."""
        arrays = _quantized(weights, encoder.hidden, encoder.weight_levels)
        head = Network(arrays=arrays, config=encoder.config)
        self._session = open_session(tagger_graph(encoder, head), encoder.weight_levels)
        self._speller = _Speller(head, alphabet) if _spells(head) else None
        self._hidden = encoder.hidden

    def __call__(self, sentences: Sequence[Sentence]) -> list[Floats]:
        """Emissions for sentences of one word or more."""
        count, lengths = len(sentences), np.array([len(sentence.ids) + 1 for sentence in sentences])
        width = padded_length(int(lengths.max()) - 1)
        given = {
            "ids": columns([[*sentence.ids, EOS_ID] for sentence in sentences], width),
            "turned": backwards(lengths, width),
            "zeros": np.zeros((count, self._hidden // 2), np.float32),
            "first": np.concatenate([np.array(each.first) * count + row for row, each in enumerate(sentences)]),
            "last": np.concatenate([np.array(each.last) * count + row for row, each in enumerate(sentences)]),
        }
        if self._speller:
            given["spellings"] = self._speller([word for sentence in sentences for word in sentence.words])
        [emissions] = self._session.run(None, given)
        ends = np.cumsum([len(sentence.words) for sentence in sentences])
        return np.split(emissions, ends[:-1])


class _Speller:
    """Reads words by their characters."""

    def __init__(self, head: Network, alphabet: Alphabet) -> None:
        self._session = open_session(spelling_graph(head), head.weight_levels)
        self._size = len(head.arrays["spellings.weight"]) // 2  # of each direction
        self._alphabet = alphabet

    def __call__(self, words: Sequence[str]) -> Floats:
        """What their characters give to the hidden layer [N, H]."""
        spelt = {word: self._alphabet.spell(word) for word in words}
        order = sorted(spelt, key=lambda word: len(spelt[word]))
        groups = groupby(order, key=lambda word: -(-len(spelt[word]) // _WIDTHS))
        read = np.concatenate([self._read([spelt[word] for word in group]) for _, group in groups])
        places = {word: place for place, word in enumerate(order)}
        found: Floats = read[[places[word] for word in words]]
        return found

    def _read(self, spellings: Sequence[Sequence[int]]) -> Floats:
        lengths = np.array(list(map(len, spellings)))
        given = {
            "ids": columns(spellings, int(lengths.max())),
            "turned": backwards(lengths, int(lengths.max())),
            "zeros": np.zeros((len(lengths), self._size), np.float32),
            "ends": (lengths - 1) * len(lengths) + np.arange(len(lengths)),
        }
        [read] = self._session.run(None, given)
        found: Floats = read
        return found


def tagger_graph(encoder: Network, head: Network) -> Program:
    """Source ids [S, B] and spellings [N, H] into the emissions [N, L] of words: see nmt.models.tagger.Tagger.

    The encoder's inputs are told in onnx_translator.encode. first and last [N] are the places of words' subwords in the
    flattened [S * B].
    """
    g = Layers(encoder)
    _, states = encode(g)
    forward, backward = g.ops("Split", states, outputs=2, axis=-1, num_outputs=2)
    halves = [g.picked(forward, g.input("last", "int64", 1)), g.picked(backward, g.input("first", "int64", 1))]
    h = g.of(head)
    x = h.product(h.quantized(g.op("Concat", *halves, axis=-1)), "states")
    if _spells(head):
        x = h.op("Add", x, h.input("spellings", "float32", 2))
    h.output(h.product(h.bounded(h.op("Tanh", x)), "emit"), "emissions", "float32", 2)
    return g.program()


def spelling_graph(head: Network) -> Program:
    """Characters [C, N] of words into what they give to the hidden layer [N, H].

    turned [C, N] and zeros are as for the encoder; ends [N] has the places of last characters in the flattened [C * N],
    where each direction has read the whole word.
    """
    g = Layers(head)
    ids, turned, zeros = g.input("ids", "int64", 2), g.input("turned", "int64", 2), g.input("zeros", "float32", 2)
    rows, ends = g.embed("character_embedding", ids), g.input("ends", "int64", 1)
    forward = g.product(rows, "spelling.forwards.input")
    backward = g.product(g.reordered(rows, turned), "spelling.backwards.input")
    read = [g.picked(states, ends) for states in g.both_ways("spelling", forward, backward, zeros)]
    g.output(g.product(g.quantized_output(g.op("Concat", *read, axis=-1)), "spellings"), "read", "float32", 2)
    return g.program()


def _spells(head: Network) -> bool:
    """Whether a tagger reads characters."""
    return "spellings.weight" in head.arrays


def _quantized(weights: Arrays, size: int, levels: int) -> Arrays:
    """A tagger's weights in int8, the hidden layer's apart for encoder states, of this size, and for characters.

    So the activations of each have a scale of their own: the states are much larger numbers.
    """
    apart = {name: array for name, array in weights.items() if not name.startswith(("hidden.", "crf."))}
    hidden = weights["hidden.weight"]
    apart |= {"states.weight": hidden[:, :size], "states.bias": weights["hidden.bias"]}
    if hidden.shape[1] > size:
        apart["spellings.weight"] = hidden[:, size:]
    return quantize_weights(apart, levels)
