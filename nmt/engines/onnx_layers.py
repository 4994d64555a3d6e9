"""A translator's two graphs: a sentence into memory, and one time step of every row. Products in int8, else float32.

The step may be that of an ensemble. What belongs to one of its translators has the translator's number before its name.

Nothing that is computed for a row depends on the other rows. Integer products are exact, whatever their order.
Activations have a scale for each row, or a fixed one where they are bounded (a cell's output). What is summed in
float32 is summed within one row or one sentence, over sizes that a sentence's own length decides.

Shapes: R rows, B sentences, K rows a sentence, S padded source length, H hidden, G gates, A heads, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nmt.engines.onnx_graph import Graph
from nmt.model_folder.arrays import Arrays

LEVELS = 127  # activations are whole numbers from -LEVELS to LEVELS
ZERO = 128  # that stand in uint8, this far up


@dataclass(frozen=True, kw_only=True)
class Network:
    """What the graphs are made of."""

    arrays: Arrays
    config: Mapping[str, Any]
    forbidden: Sequence[int] = ()  # subwords that are never to come

    @property
    def hidden(self) -> int:
        """H."""
        return int(self.config["hidden_size"])

    def states_of(self, layer: int) -> list[str]:
        """Names of the recurrent states of a decoder layer."""
        return [f"{kind}{layer}" for kind in ("hc" if self.config["cell"] == "lstm" else "h")]

    @property
    def states(self) -> list[str]:
        """Names of all of them."""
        return [name for layer in range(self.config["decoder_layers"]) for name in self.states_of(layer)]


class Matrix(NamedTuple):
    """See nmt.model_folder.contents.int8_schema."""

    weight: NDArray[np.int8]  # [K, N]
    scale: NDArray[np.float32]  # [N]
    bias: NDArray[np.float32]  # [N]

    def times(self, factor: float) -> "Matrix":
        """The matrix whose products are factor times as large."""
        return Matrix(self.weight, self.scale * np.float32(factor), self.bias * np.float32(factor))


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Quantized activations: uint8 around the zero point, and what LEVELS stand for."""

    values: str
    scale: str = ""  # [..., 1]; or 1 for all


def encoder_graph(network: Network) -> bytes:
    """Source ids [S, B] into each layer's keys [B, A, H/A, S], values [B, A, S, H/A] and first states [B, H].

    Keys come with the attention's factor for its scores, the root of A / H.

    turned [S, B] says where in the flattened [S * B] each row has its next subword from the end; share [B, 1, S] is
    1 / length at real positions and 0 at padding; zeros [B, H/2] is the first state of each direction.
    """
    g, layers = _Builder(network), network.config["encoder_layers"]
    ids, turned = g.input("ids", "int64", 2), g.input("turned", "int64", 2)
    share, zeros = g.input("share", "float32", 3), g.input("zeros", "float32", 2)
    side = "source" if "source_embedding.weight" in network.arrays else "target"
    rows, x = g.embed(side, ids), ""
    for layer in range(layers):
        name = f"encoder.{layer}"
        there = g.product(rows, f"{name}.forwards.input")
        back = g.product(g.reordered(rows, turned), f"{name}.backwards.input")
        there, back = g.both_ways(name, there, back, zeros)
        y = g.op("Concat", there, g.reordered_floats(back, turned), axis=-1)
        if layer or network.config["embedding_size"] == network.hidden:
            y = g.op("Add", x or g.floats(rows), y)
        x = g.norm(y, f"{name}.norm")
        rows = g.quantized(x)

    mean = g.op("MatMul", share, g.op("Transpose", x, perm=[1, 0, 2]))
    start = g.quantized(g.op("Squeeze", mean, g.constant([1])))
    for layer in range(network.config["decoder_layers"]):
        name = f"decoder.{layer}"
        keys = g.matrix(f"{name}.key").times((network.hidden // network.config["attention_heads"]) ** -0.5)
        values = g.matrix(f"{name}.value")
        for product, matrix, perm in (("key", keys, [1, 2, 3, 0]), ("value", values, [1, 2, 0, 3])):
            split = g.heads(g.product(rows, matrix))
            g.output(g.op("Transpose", split, perm=perm), f"{product}{layer}", "float32", 4)
        first = g.op("Tanh", g.product(start, f"{name}.start"))
        names = network.states_of(layer)
        parts = [first] if len(names) == 1 else g.ops("Split", first, outputs=2, axis=-1, num_outputs=2)
        for state, part in zip(names, parts, strict=True):
            g.output(part, state, "float32", 2)
    return g.to_bytes()


def step_graph(networks: Sequence[Network]) -> bytes:
    """Previous ids [R] into scores and ids [R, k] of the most probable next subwords, and the states after them.

    watched_scores [R, N] are those of the subwords watched [N].

    Scores are log-probabilities; those of several networks the mean of their probabilities, whose logarithm is left to
    numpy: onnxruntime's is another function at the end of an array, so it would depend on the number of rows.

    parents [R] says in which row of the states each row stood before. slot [B, K] and place [R] lead from rows to the
    places of their sentences and back (places without a row hold any other). mask [B, 1, 1, S] is added to the
    attention's scores; 0.attention0, 0.attention1, ... [B, A, K, S] are what each layer made of them.
    """
    g = _Builder(networks[0])
    rows = _DecoderRows(
        previous=g.input("previous", "int64", 1),
        parents=g.input("parents", "int64", 1),
        slot=g.input("slot", "int64", 2),
        place=g.input("place", "int64", 1),
        mask=g.input("mask", "float32", 4),
    )
    logits = [_logits(g.of(network), f"{number}.", rows) for number, network in enumerate(networks)]
    if len(logits) == 1:
        scores = g.op("LogSoftmax", logits[0], axis=-1)
    else:
        scores = g.op("Mean", *(g.op("Softmax", each, axis=-1) for each in logits))
    g.output(g.op("Gather", scores, g.input("watched", "int64", 1), axis=1), "watched_scores", "float32", 2)
    k = g.input("k", "int64", 1)
    scores, best = g.greatest(scores, len(networks[0].arrays["output_bias"]), k)
    g.output(scores, "scores", "float32", 2)
    g.output(best, "ids", "int64", 2)
    return g.to_bytes()


@dataclass(frozen=True, kw_only=True)
class _DecoderRows:
    """What all networks are told of the rows; see step_graph."""

    previous: str
    parents: str
    slot: str
    place: str
    mask: str


def _logits(g: "_Builder", prefix: str, given: _DecoderRows) -> str:
    """One network's step: its logits [R, V]."""
    network = g.network
    rows, x = g.embed("target", given.previous), ""
    for layer in range(network.config["decoder_layers"]):
        name, names = f"decoder.{layer}", [prefix + state for state in network.states_of(layer)]
        states = [g.op("Gather", g.input(state, "float32", 2), given.parents) for state in names]
        keys, values = (g.input(f"{prefix}{kind}{layer}", "float32", 4) for kind in ("key", "value"))
        after = g.cell(g.product(rows, f"{name}.input"), states, g.matrix(f"{name}.recurrent"))
        for state, value in zip(names, after, strict=True):
            g.output(value, f"{state}_after", "float32", 2)
        query = g.heads(g.op("Gather", g.product(g.bounded(after[0]), f"{name}.query"), given.slot))
        scores = g.op("MatMul", g.op("Transpose", query, perm=[0, 2, 1, 3]), keys)
        share = g.op("Softmax", g.op("Add", scores, given.mask), axis=-1)
        g.output(share, f"{prefix}attention{layer}", "float32", 4)
        context = g.op("Transpose", g.op("MatMul", share, values), perm=[0, 2, 1, 3])
        context = g.op("Gather", g.op("Reshape", context, g.constant([-1, network.hidden])), given.place)
        total = g.op("Add", after[0], g.product(g.quantized(context), f"{name}.out"))
        if layer or network.config["embedding_size"] == network.hidden:
            total = g.op("Add", x or g.floats(rows), total)
        x = g.norm(total, f"{name}.norm")
        rows = g.quantized(x)
    return g.products_with_embeddings(g.quantized(g.product(rows, "to_embedding")))


class _Builder(Graph):
    """A graph of this translator's layers."""

    def __init__(self, network: Network, prefix: str = "v") -> None:
        super().__init__(prefix)
        self.network = network
        self._zero = self.constant(np.array(ZERO, np.uint8))
        self._level = self.constant(1.0 / LEVELS)
        self._tiny = self.constant(1e-12)

    def of(self, network: Network) -> "_Builder":
        """A builder of the same graph, with another translator's layers."""
        other = copy(self)
        other.network = network
        return other

    def embed(self, side: str, ids: str) -> _Rows:
        """The embeddings [..., E] of ids [...], of unit variance."""
        table = self.network.arrays[f"{side}_embedding.weight"].astype(np.int16) + ZERO
        factor = np.float32(LEVELS * self.network.config["embedding_size"] ** 0.5)
        scale = self.network.arrays[f"{side}_embedding.scale"] * factor
        return _Rows(
            values=self.op("Gather", self.constant(table.astype(np.uint8)), ids),
            scale=self.op("Gather", self.constant(scale[:, None]), ids),
        )

    def floats(self, rows: _Rows) -> str:
        """What quantized activations stand for."""
        return self.op("Mul", self.op("DequantizeLinear", rows.values, self._level, self._zero), rows.scale)

    def quantized(self, x: str) -> _Rows:
        """Floats [..., N] on the levels, with a scale for each row: its greatest."""
        greatest = self.op("Add", self.op("ReduceMax", self.op("Abs", x), self.constant([-1])), self._tiny)
        return _Rows(values=self.bounded(self.op("Div", x, greatest)).values, scale=greatest)

    def bounded(self, x: str) -> _Rows:
        """Floats between -1 and 1 on the levels: what a cell gives out."""
        return _Rows(values=self.op("QuantizeLinear", x, self._level, self._zero))

    def matrix(self, name: str) -> Matrix:
        """A matrix of the translator."""
        return Matrix(*(self.network.arrays[f"{name}.{part}"] for part in ("weight", "scale", "bias")))

    def product(self, rows: _Rows, matrix: str | Matrix) -> str:
        """Rows [..., K] times a matrix [K, N], plus its bias."""
        if isinstance(matrix, str):
            matrix = self.matrix(matrix)
        bias = [self.constant(matrix.bias)] if matrix.bias.any() else []
        scales = self._level, self.constant(matrix.scale)
        zeros = self._zero, self.constant(np.array(0, np.int8))  # the second one is never shared: see open_session
        factors = rows.values, self.constant(matrix.weight), *scales, *zeros
        if not rows.scale:
            return self.op("MatMulIntegerToFloat", *factors, *bias)
        y = self.op("Mul", self.op("MatMulIntegerToFloat", *factors), rows.scale)
        return self.op("Add", y, *bias) if bias else y

    def products_with_embeddings(self, rows: _Rows) -> str:
        """Logits [R, V]: points times all target embeddings."""
        arrays = self.network.arrays
        bias = arrays["output_bias"].copy()
        bias[list(self.network.forbidden)] = -np.inf
        return self.product(rows, Matrix(arrays["target_embedding.weight"].T, arrays["target_embedding.scale"], bias))

    def greatest(self, x: str, size: int, k: str) -> tuple[str, str]:
        """The k greatest of each row of x [R, size], best first, and their places in it.

        They all are in the k pieces of a row with the greatest maxima. To search these alone takes less than half the
        time of TopK over the row, which compares one value after the other.
        """
        length = max(number for number in range(1, 65) if size % number == 0)
        count = size // length
        pieces = self.op("Reshape", x, self.constant([0, count, length]))
        maxima = self.op("ReduceMax", pieces, self.constant([2]), keepdims=0)
        _, piece = self.ops("TopK", maxima, self.op("Min", k, self.constant([count])), outputs=2, axis=-1)
        places = self.op("Gather", self.constant(np.arange(size).reshape(count, length)), piece)
        places = self.op("Reshape", places, self.constant([0, -1]))
        values, found = self.ops("TopK", self.op("GatherElements", x, places, axis=1), k, outputs=2, axis=-1)
        return values, self.op("GatherElements", places, found, axis=1)

    def norm(self, x: str, name: str) -> str:
        """Layer norm."""
        arrays = self.network.arrays
        weight, bias = self.constant(arrays[f"{name}.weight"]), self.constant(arrays[f"{name}.bias"])
        return self.op("LayerNormalization", x, weight, bias, axis=-1)

    def heads(self, x: str) -> str:
        """[a, b, H] -> [a, b, A, H/A]."""
        heads = self.network.config["attention_heads"]
        return self.op("Reshape", x, self.constant([0, 0, heads, self.network.hidden // heads]))

    def reordered(self, rows: _Rows, order: str) -> _Rows:
        """Rows [S, B, N] in another order, given by places in the flattened [S * B]."""
        return _Rows(values=self.reordered_floats(rows.values, order), scale=self.reordered_floats(rows.scale, order))

    def reordered_floats(self, x: str, order: str) -> str:
        """The same for any values [S, B, N]."""
        last = self.op("Shape", x, start=2)
        flat = self.op("Reshape", x, self.op("Concat", self.constant([-1]), last, axis=0))
        return self.op("Gather", flat, order)

    def both_ways(self, name: str, there: str, back: str, zeros: str) -> list[str]:
        """Outputs [S, B, H/2] of a bidirectional layer's two cells, from their gates' inputs [S, B, G * H/2]."""
        body = _Builder(self.network, prefix="b")
        ways, kinds = ("forwards", "backwards"), self.network.states_of(0)
        states = [[body.input(f"{way}_{kind}", "float32", 2) for kind in kinds] for way in ways]
        gates = [body.input(f"{way}_gates", "float32", 2) for way in ways]
        recurrent = [self.matrix(f"{name}.{way}.recurrent") for way in ways]
        after = [body.cell(*each) for each in zip(gates, states, recurrent, strict=True)]
        for way, values in zip(ways, after, strict=True):
            for kind, value in zip(kinds, values, strict=True):
                body.output(value, f"{way}_{kind}_after", "float32", 2)
        for way, values in zip(ways, after, strict=True):
            body.output(values[0], f"{way}_shown", "float32", 2)
        first = [zeros] * (2 * len(kinds))
        return self.ops("Scan", *first, there, back, outputs=len(first) + 2, body=body, num_scan_inputs=2)[-2:]

    def cell(self, gates: str, states: Sequence[str], recurrent: Matrix) -> list[str]:
        """The states [R, H] after one step of a cell: of an LSTM two, its output first, else one.

        gates [R, G * H] is what the input gives to the gates, in torch's order and with its equations.
        """
        hidden = len(recurrent.weight)
        own = self.product(self.bounded(states[0]), recurrent)
        match self.network.config["cell"]:
            case "gru":
                sizes = self.constant([2 * hidden, hidden])
                both_in, new_in = self.ops("Split", gates, sizes, outputs=2, axis=-1)
                both_own, new_own = self.ops("Split", own, sizes, outputs=2, axis=-1)
                both = self.op("Sigmoid", self.op("Add", both_in, both_own))
                reset, update = self.ops("Split", both, outputs=2, axis=-1, num_outputs=2)
                new = self.op("Tanh", self.op("Add", new_in, self.op("Mul", reset, new_own)))
                kept = self.op("Mul", update, self.op("Sub", states[0], new))
                return [self.op("Add", new, kept)]
            case "lstm":
                total = self.op("Add", gates, own)
                parts = self.ops("Split", total, outputs=4, axis=-1, num_outputs=4)
                enter, forget, leave = (self.op("Sigmoid", parts[index]) for index in (0, 1, 3))
                kept = self.op("Mul", forget, states[1])
                inside = self.op("Add", kept, self.op("Mul", enter, self.op("Tanh", parts[2])))
                return [self.op("Mul", leave, self.op("Tanh", inside)), inside]
        return [self.op("Tanh", self.op("Add", gates, own))]
