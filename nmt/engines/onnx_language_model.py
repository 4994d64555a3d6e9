"""A language model for CPUs: one step of every row, in int8 in onnxruntime, without torch.

Nothing that is computed for a row depends on the others: see onnx_layers.py.

Shapes: R rows, H hidden, V vocabulary.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nmt.engines.base import Floats, Ints
from nmt.engines.int8 import quantize_weights
from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Layers, Network
from nmt.engines.onnx_session import open_session
from nmt.model_folder.arrays import Arrays

States = Mapping[str, Floats]  # [R, H] each, by its name


class OnnxLanguageModel:
    """Reads a subword in every row, and says how probable the next ones are."""

    def __init__(self, weights: Arrays, config: Mapping[str, Any]) -> None:
        """The weights are those of a LanguageModelNetwork; they are made int8 here, since that takes no time."""
        network = Network(arrays=quantize_weights(weights), config={**config, "decoder_layers": config["layers"]})
        self._session = open_session(language_model_graph(network), network.weight_levels)
        self._states, self._hidden = network.states, network.hidden

    def start(self, rows: int) -> States:
        """The states before any text."""
        return {name: np.zeros((rows, self._hidden), np.float32) for name in self._states}

    def score(self, previous: Ints, following: Ints, states: States) -> tuple[Floats, States]:
        """The log-probability [R] of each row's following subword after its previous one, and the states then."""
        return self._run("chosen", previous, following, states)

    def scores(self, previous: Ints, states: States) -> tuple[Floats, States]:
        """The log-probabilities [R, V] of all subwords after each row's previous one, and the states then."""
        return self._run("scores", previous, previous, states)

    def _run(self, wanted: str, previous: Ints, following: Ints, states: States) -> tuple[Floats, States]:
        given = {"previous": previous, "following": following, **states}
        found, *after = self._session.run([wanted, *(f"{name}_after" for name in self._states)], given)
        return found, dict(zip(self._states, after, strict=True))


def language_model_graph(network: Network) -> Program:
    """previous, following [R] and the states into chosen [R], scores [R, V] and the states after.

    It is what nmt.models.language_model computes.
    """
    g = Layers(network)
    rows, x = g.embed("target_embedding", g.input("previous", "int64", 1), network.unit_variance), ""
    for layer in range(network.config["decoder_layers"]):
        name, names = f"stack.{layer}", network.states_of(layer)
        after = g.cell(g.product(rows, f"{name}.input"), [g.input(state, "float32", 2) for state in names], name)
        for state, value in zip(names, after, strict=True):
            g.output(value, f"{state}_after", "float32", 2)
        y = g.shown(after)
        if layer or network.config["embedding_size"] == network.hidden:
            y = g.op("Add", x or g.floats(rows), y)
        x = g.norm(y, f"{name}.norm")
        rows = g.quantized(x)
    scores = g.op("LogSoftmax", g.products_with_embeddings(g.quantized(g.product(rows, "to_embedding"))), axis=-1)
    g.output(scores, "scores", "float32", 2)
    places = g.op("Unsqueeze", g.input("following", "int64", 1), g.constant([1]))
    g.output(g.op("Squeeze", g.op("GatherElements", scores, places, axis=1), g.constant([1])), "chosen", "float32", 1)
    return g.program()
