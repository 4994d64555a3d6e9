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
from nmt.engines.onnx_encoder import OnnxEncoder, stacked
from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Layers, Network
from nmt.engines.onnx_session import backwards, columns, open_session
from nmt.model_folder.arrays import Arrays

_WIDTHS = 8  # characters: words are read together with others of the same number of these
_KNOWN_WORDS = 4096  # that are not read again: what is read of a word does not depend on its neighbours


class OnnxTagger:
    """Gives emissions [W, L] for each of a few sentences; several threads may call it at the same time."""

    def __init__(self, encoder: OnnxEncoder, weights: Arrays, alphabet: Alphabet, *, keep_states: bool = False) -> None:
        """The encoder is to keep states if a translator shares it.

        The weights are those of a Tagger; they are made int8 here, since that takes no time.
        """
        network = encoder.network
        arrays = _quantized(weights, network.hidden, network.weight_levels)
        self._recurrent = weights["emit.weight"].shape[1] // 2 if _reads_sentences(weights) else 0  # of each direction
        head = Network(arrays=arrays, config=network.config)
        self._session = open_session(tagger_graph(head, self._recurrent > 0), head.weight_levels)
        self._speller = _Speller(head, alphabet) if _spells(head) else None
        self._encoder, self._keep_states = encoder, keep_states

    def __call__(self, sentences: Sequence[Sentence]) -> list[Floats]:
        """Emissions for sentences of one word or more."""
        count = len(sentences)
        states = self._encoder([sentence.ids for sentence in sentences], keep=self._keep_states)
        width = padded_length(max(map(len, states)) - 1)
        counts = np.array([len(sentence.words) for sentence in sentences])
        words = int(counts.max())
        given = {
            "states": stacked(states, width),
            "first": columns([sentence.first for sentence in sentences], words) * count + np.arange(count),
            "last": columns([sentence.last for sentence in sentences], words) * count + np.arange(count),
        }
        if self._speller:
            read = self._speller([word for sentence in sentences for word in sentence.words])
            spellings = np.zeros((count, words, read.shape[1]), np.float32)
            spellings[np.arange(words) < counts[:, None]] = read
            given["spellings"] = spellings.transpose(1, 0, 2)
        if self._recurrent:
            given["words_turned"] = backwards(counts, words)
            given["words_zeros"] = np.zeros((count, self._recurrent), np.float32)
        [emissions] = self._session.run(None, given)
        return [emissions[:number, row] for row, number in enumerate(counts)]


class _Speller:
    """Reads words by their characters, and remembers some of what it has read."""

    def __init__(self, head: Network, alphabet: Alphabet) -> None:
        self._session = open_session(spelling_graph(head), head.weight_levels)
        self._size = len(head.arrays["spellings.weight"]) // 2  # of each direction
        self._alphabet = alphabet
        self._known: dict[str, Floats] = {}

    def __call__(self, words: Sequence[str]) -> Floats:
        """What their characters give to the hidden layer [N, H'], to its gates if it has such."""
        known = self._known  # by several threads: what one of them adds is what another one would add
        spelt = {word: self._alphabet.spell(word) for word in words if word not in known}
        order = sorted(spelt, key=lambda word: len(spelt[word]))
        if len(known) + len(order) > _KNOWN_WORDS:
            known = self._known = {word: known[word] for word in words if word in known}
        for _, group in groupby(order, key=lambda word: -(-len(spelt[word]) // _WIDTHS)):
            alike = list(group)
            known.update(zip(alike, self._read([spelt[word] for word in alike]), strict=True))
        return np.stack([known[word] for word in words])

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


def tagger_graph(head: Network, recurrent: bool) -> Program:
    """Encoder states [S, B, H] and spellings [W, B, H'] into the emissions [W, B, L] of words: see nmt.models.tagger.

    first and last [W, B] are the places of words' subwords in the flattened [S * B], those of padding any;
    words_turned and words_zeros are to the layer that reads words what turned and zeros are to the encoder.
    """
    h = Layers(head)
    states = h.input("states", "float32", 3)
    forward, backward = h.ops("Split", states, outputs=2, axis=-1, num_outputs=2)
    halves = [h.picked(forward, h.input("last", "int64", 2)), h.picked(backward, h.input("first", "int64", 2))]
    x = h.product(h.quantized(h.op("Concat", *halves, axis=-1)), "states")
    if _spells(head):
        x = h.op("Add", x, h.input("spellings", "float32", 3))
    if recurrent:
        turned, zeros = h.input("words_turned", "int64", 2), h.input("words_zeros", "float32", 2)
        there, back = h.ops("Split", x, outputs=2, axis=-1, num_outputs=2)
        there, back = h.both_ways("sentence", there, h.picked(back, turned), zeros)
        read = h.quantized_output(h.op("Concat", there, h.picked(back, turned), axis=-1))
    else:
        read = h.bounded(h.op("Tanh", x))
    h.output(h.product(read, "emit"), "emissions", "float32", 3)
    return h.program()


def spelling_graph(head: Network) -> Program:
    """Characters [C, N] of words into what they give to the hidden layer [N, H'].

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


def _reads_sentences(weights: Arrays) -> bool:
    """Whether the hidden layer of a tagger with these weights is a recurrent one."""
    return any(name.startswith("sentence.") for name in weights)


def _quantized(weights: Arrays, size: int, levels: int) -> Arrays:
    """A tagger's weights in int8, the hidden layer's apart for encoder states, of this size, and for characters.

    So the activations of each have a scale of their own: the states are much larger numbers. Of a recurrent layer these
    are the weights of all gates, those of its two directions together.
    """
    inputs = {
        kind: [f"sentence.{way}.layer.{kind}_ih_l0" for way in ("forwards", "backwards")] for kind in ("weight", "bias")
    }
    if not _reads_sentences(weights):
        inputs = {kind: [f"hidden.{kind}"] for kind in inputs}
    hidden, bias = (np.concatenate([weights[name] for name in names]) for names in inputs.values())
    read = {name for names in inputs.values() for name in names}
    apart = {name: array for name, array in weights.items() if name not in read and not name.startswith("crf.")}
    apart |= {"states.weight": hidden[:, :size], "states.bias": bias}
    if hidden.shape[1] > size:
        apart["spellings.weight"] = hidden[:, size:]
    return quantize_weights(apart, levels)
