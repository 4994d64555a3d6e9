"""The encoder for CPUs: the states of sentences in onnxruntime, without torch.

Nothing that is computed for a sentence depends on others, nor on how far it is padded: see onnx_layers.py.

Shapes: B sentences, S source length, H hidden.
"""

from collections.abc import Sequence

import numpy as np

from nmt.engines.base import Floats, padded_length
from nmt.engines.onnx import backwards, columns, open_session
from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Layers, Network
from nmt.engines.onnx_translator import encode
from nmt.text.tokenizer import EOS_ID


class OnnxStates:
    """Gives states [S, H] of each of a few sentences; several threads may call it at the same time."""

    def __init__(self, encoder: Network) -> None:
        self._session = open_session(states_graph(encoder), encoder.weight_levels)
        self._hidden = encoder.hidden

    def __call__(self, sources: Sequence[Sequence[int]]) -> list[Floats]:
        """The states of sentences, which are given without EOS, and of their EOS."""
        lengths = np.array([len(source) + 1 for source in sources])
        width = padded_length(int(lengths.max()) - 1)
        given = {
            "ids": columns([[*source, EOS_ID] for source in sources], width),
            "turned": backwards(lengths, width),
            "zeros": np.zeros((len(sources), self._hidden // 2), np.float32),
        }
        [states] = self._session.run(None, given)
        return [states[:length, row] for row, length in enumerate(lengths)]


def states_graph(encoder: Network) -> Program:
    """The inputs that onnx_translator.encode tells into the states [S, B, H]."""
    g = Layers(encoder)
    _, states = encode(g)
    g.output(states, "states", "float32", 3)
    return g.program()
