"""The layers that graphs are made of. Products in int8, else float32.

Nothing that is computed for a row depends on the other rows. Integer products are exact, whatever their order.
Activations have a scale for each row, or a fixed one where they are bounded (a cell's output). What is summed in
float32 is summed within one row or one sentence, over sizes that a sentence's own length decides.

Shapes: R rows, B sentences, S padded source length, H hidden, G gates, A heads, E embedding, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nmt.engines.int8 import weight_levels
from nmt.engines.onnx_graph import Graph
from nmt.model_folder.arrays import Arrays

LEVELS = 127  # activations are whole numbers from -LEVELS to LEVELS
ZERO = 128  # that stand in uint8, this far up


@dataclass(frozen=True, kw_only=True)
class Network:
    """A translator, or a tagger on top of one."""

    arrays: Arrays  # in the form of nmt.model_folder.schemas.int8_schema
    config: Mapping[str, Any]  # the translator's

    @cached_property
    def weight_levels(self) -> int:
        """See nmt.engines.int8."""
        return weight_levels(self.arrays)

    def levels(self, name: str) -> NDArray[np.uint8]:
        """An int8 array as uint8, ZERO further up: made once, for all graphs."""
        if name not in self._levels:
            self._levels[name] = self.arrays[name].view(np.uint8) ^ np.uint8(ZERO)  # the highest bit is the sign
        return self._levels[name]

    @cached_property
    def _levels(self) -> dict[str, NDArray[np.uint8]]:
        return {}

    @property
    def hidden(self) -> int:
        """H."""
        return int(self.config["hidden_size"])

    @property
    def unit_variance(self) -> float:
        """What the translator's embeddings are multiplied by."""
        return float(self.config["embedding_size"] ** 0.5)

    def states_of(self, layer: int) -> list[str]:
        """Names of the recurrent states of a decoder layer."""
        return [f"{kind}{layer}" for kind in ("hc" if self.config["cell"] == "lstm" else "h")]

    @property
    def states(self) -> list[str]:
        """Names of all of them."""
        return [name for layer in range(self.config["decoder_layers"]) for name in self.states_of(layer)]


class Matrix(NamedTuple):
    """See nmt.model_folder.schemas.int8_schema."""

    weight: NDArray[np.int8]  # [K, N]
    scale: NDArray[np.float32]  # [N]
    bias: NDArray[np.float32]  # [N]

    def times(self, factor: float) -> "Matrix":
        """The matrix whose products are factor times as large."""
        return Matrix(self.weight, self.scale * np.float32(factor), self.bias * np.float32(factor))


@dataclass(frozen=True, kw_only=True)
class Quantized:
    """Quantized activations: uint8 around the zero point, and what LEVELS stand for."""

    values: str
    scale: str = ""  # [..., 1]; or 1 for all


class Layers(Graph):
    """A graph of this network's layers."""

    def __init__(self, network: Network, prefix: str = "v") -> None:
        super().__init__(prefix)
        self.network = network
        self._zero = self.constant(np.array(ZERO, np.uint8))
        self._level = self.constant(1.0 / LEVELS)
        self._tiny = self.constant(1e-12)

    def of(self, network: Network) -> "Layers":
        """The same graph, to be gone on with by another network's layers."""
        other = copy(self)
        other.network = network
        return other

    def embed(self, name: str, ids: str, factor: float = 1.0) -> Quantized:
        """The embeddings [..., E] of ids [...], times a factor."""
        scale = self.network.arrays[f"{name}.scale"] * np.float32(LEVELS * factor)
        return Quantized(
            values=self.op("Gather", self.constant(self.network.levels(f"{name}.weight")), ids),
            scale=self.op("Gather", self.constant(scale[:, None]), ids),
        )

    def floats(self, rows: Quantized) -> str:
        """What quantized activations stand for."""
        return self.op("Mul", self.op("DequantizeLinear", rows.values, self._level, self._zero), rows.scale)

    def quantized(self, x: str) -> Quantized:
        """Floats [..., N] on the levels, with a scale for each row: its greatest."""
        greatest = self.op("Add", self.op("ReduceMax", self.op("Abs", x), self.constant([-1])), self._tiny)
        return Quantized(values=self.bounded(self.op("Div", x, greatest)).values, scale=greatest)

    def bounded(self, x: str) -> Quantized:
        """Floats between -1 and 1 on the levels."""
        return Quantized(values=self.op("QuantizeLinear", x, self._level, self._zero))

    def matrix(self, name: str) -> Matrix:
        """A matrix of the network."""
        return Matrix(*(self.network.arrays[f"{name}.{part}"] for part in ("weight", "scale", "bias")))

    def product(self, rows: Quantized, matrix: str | Matrix) -> str:
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

    def products_with_embeddings(self, rows: Quantized, forbidden: Sequence[int] = ()) -> str:
        """Logits [R, V]: points times all target embeddings, -inf for forbidden subwords."""
        arrays = self.network.arrays
        bias = arrays["output_bias"].copy()
        bias[list(forbidden)] = -np.inf
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

    def reordered(self, rows: Quantized, order: str) -> Quantized:
        """Rows [S, B, N] in another order, given by places in the flattened [S * B]."""
        return Quantized(values=self.picked(rows.values, order), scale=self.picked(rows.scale, order))

    def picked(self, x: str, places: str) -> str:
        """Values [..., N] out of x [S, B, N], given by places in the flattened [S * B]."""
        last = self.op("Shape", x, start=2)
        flat = self.op("Reshape", x, self.op("Concat", self.constant([-1]), last, axis=0))
        return self.op("Gather", flat, places)

    def both_ways(self, name: str, there: str, back: str, zeros: str) -> list[str]:
        """Outputs [S, B, H/2] of a bidirectional layer's two cells, from their gates' inputs [S, B, G * H/2]."""
        body = Layers(self.network, prefix="b")
        ways, kinds = ("forwards", "backwards"), self.network.states_of(0)
        states = [[body.input(f"{way}_{kind}", "float32", 2) for kind in kinds] for way in ways]
        gates = [body.input(f"{way}_gates", "float32", 2) for way in ways]
        after = [body.cell(own, state, f"{name}.{way}") for way, own, state in zip(ways, gates, states, strict=True)]
        for way, values in zip(ways, after, strict=True):
            for kind, value in zip(kinds, values, strict=True):
                body.output(value, f"{way}_{kind}_after", "float32", 2)
        for way, values in zip(ways, after, strict=True):
            body.output(body.shown(values), f"{way}_shown", "float32", 2)
        first = [zeros] * (2 * len(kinds))
        return self.ops("Scan", *first, there, back, outputs=len(first) + 2, body=body, num_scan_inputs=2)[-2:]

    def shown(self, states: Sequence[str]) -> str:
        """What a cell gives out when it has these states."""
        return self.op("Relu", states[0]) if self.network.config["cell"] == "ssru" else states[0]

    def quantized_output(self, x: str) -> Quantized:
        """What cells have given out, on the levels."""
        return self.quantized(x) if self.network.config["cell"] == "ssru" else self.bounded(x)

    def cell(self, gates: str, states: Sequence[str], name: str) -> list[str]:
        """The states [R, H] after one step of the cell of this name: of an LSTM two, its output first, else one.

        gates [R, G * H] is what the input gives to the gates, in the order and with the equations of nmt/models.
        """
        if self.network.config["cell"] == "ssru":
            forget, value = self.ops("Split", gates, outputs=2, axis=-1, num_outputs=2)
            kept = self.op("Mul", self.op("Sigmoid", forget), self.op("Sub", states[0], value))
            return [self.op("Add", value, kept)]
        recurrent = self.matrix(f"{name}.recurrent")
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
