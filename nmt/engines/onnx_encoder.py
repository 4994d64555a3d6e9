"""The encoder for CPUs: the states of sentences in onnxruntime, without torch.

Nothing that is computed for a sentence depends on others, nor on how far it is padded: see onnx_layers.py. So what a
tagger has had encoded need not be encoded again for the translator.

Shapes: B sentences, S source length, H hidden.
"""

from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np

from nmt.engines.base import Floats, padded_length
from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Layers, Network
from nmt.engines.onnx_session import Session, backwards, columns, open_session
from nmt.text.tokenizer import EOS_ID

KEPT = 16384  # subwords, ends of sentences included, whose states are kept: 32 MB if H is 512


class OnnxEncoder:
    """Gives states [S, H] of each of a few sentences; several threads may call it at the same time."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._session: Session | None = None
        self._lock = Lock()
        self._kept: dict[tuple[int, ...], Floats] = {}
        self._size = 0  # subwords of all that is kept

    def prepare(self) -> Session:
        """Be ready to be called; what is called first does it, too."""
        with self._lock:
            if self._session is None:
                self._session = open_session(states_graph(self.network), self.network.weight_levels)
            return self._session

    def __call__(self, sources: Sequence[Sequence[int]], *, keep: bool = False) -> list[Floats]:
        """The states of sentences, which are given without EOS, and of their EOS.

        What is to be kept is kept until somebody asks for it, or until there is too much of it.
        """
        keys = [tuple(source) for source in sources]
        found = {key: self._take(key) for key in dict.fromkeys(keys)}
        if missing := [key for key, states in found.items() if states is None]:
            found |= zip(missing, self._encode(missing), strict=True)
        states = {key: array for key, array in found.items() if array is not None}
        if keep:
            self._keep(states)
        return [states[key] for key in keys]

    def _encode(self, sources: Sequence[Sequence[int]]) -> list[Floats]:
        lengths = np.array([len(source) + 1 for source in sources])
        width = padded_length(int(lengths.max()) - 1)
        given = {
            "ids": columns([[*source, EOS_ID] for source in sources], width),
            "turned": backwards(lengths, width),
            "zeros": np.zeros((len(sources), self.network.hidden // 2), np.float32),
        }
        [states] = self.prepare().run(None, given)
        return [states[:length, row] for row, length in enumerate(lengths)]

    def _take(self, source: tuple[int, ...]) -> Floats | None:
        with self._lock:
            states = self._kept.pop(source, None)
            self._size -= 0 if states is None else len(states)
            return states

    def _keep(self, states: Mapping[tuple[int, ...], Floats]) -> None:
        with self._lock:
            # not a view of a whole batch
            fresh = {key: np.ascontiguousarray(array) for key, array in states.items() if key not in self._kept}
            size = sum(map(len, fresh.values()))
            if self._size + size > KEPT:
                self._kept, self._size = {}, 0
            if size <= KEPT:
                self._kept |= fresh
                self._size += size


def stacked(states: Sequence[Floats], width: int) -> Floats:
    """States [S, H] of sentences as one array [width, B, H], zeros at the ends."""
    found = np.zeros((width, len(states), states[0].shape[1]), np.float32)
    for row, own in enumerate(states):
        found[: len(own), row] = own
    return found


def states_graph(network: Network) -> Program:
    """Source ids [S, B] into the states [S, B, H].

    turned [S, B] says where in the flattened [S * B] each row has its next subword from the end; zeros [B, H/2] is the
    first state of each direction.
    """
    g = Layers(network)
    ids, turned, zeros = g.input("ids", "int64", 2), g.input("turned", "int64", 2), g.input("zeros", "float32", 2)
    side = "source" if "source_embedding.weight" in network.arrays else "target"
    rows, x = g.embed(f"{side}_embedding", ids, network.unit_variance), ""
    for layer in range(network.config["encoder_layers"]):
        name = f"encoder.{layer}"
        there = g.product(rows, f"{name}.forwards.input")
        back = g.product(g.reordered(rows, turned), f"{name}.backwards.input")
        there, back = g.both_ways(name, there, back, zeros)
        y = g.op("Concat", there, g.picked(back, turned), axis=-1)
        if layer or network.config["embedding_size"] == network.hidden:
            y = g.op("Add", x or g.floats(rows), y)
        x = g.norm(y, f"{name}.norm")
        rows = g.quantized(x)
    g.output(x, "states", "float32", 3)
    return g.program()
