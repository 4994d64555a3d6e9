"""A graph ready to be run by onnxruntime, and sentences as the arrays that graphs read.

A session runs in the thread that calls it, so several threads can each search for their own sentences.

Shapes: B sentences.
"""

from collections.abc import Sequence

import numpy as np
import onnxruntime

from nmt.engines.base import Ints
from nmt.engines.int8 import WEIGHT_LEVELS
from nmt.engines.onnx_graph import Program
from nmt.processor import this_processor
from nmt.text.tokenizer import PAD_ID


def columns(sequences: Sequence[Sequence[int]], width: int) -> Ints:
    """Sequences of different lengths as the columns of one array [width, B], PAD at the ends."""
    ids = np.full((width, len(sequences)), PAD_ID, dtype=np.int64)
    for index, sequence in enumerate(sequences):
        ids[: len(sequence), index] = sequence
    return ids


def backwards(lengths: Ints, width: int) -> Ints:
    """Where in the flattened [width * B] sequences of these lengths [B] have their elements in reverse, [width, B]."""
    steps = np.arange(width)[:, None]
    return np.where(steps < lengths, lengths - 1 - steps, steps) * len(lengths) + np.arange(len(lengths))


class Session(onnxruntime.InferenceSession):  # type: ignore[misc]  # onnxruntime has no types
    """onnxruntime's, which does not hold the weights beside its graph itself."""

    def __init__(self, program: Program, options: onnxruntime.SessionOptions) -> None:
        self._weights = {name: onnxruntime.OrtValue.ortvalue_from_numpy(each) for name, each in program.weights.items()}
        options.add_external_initializers(list(self._weights), list(self._weights.values()))
        super().__init__(program.graph, options, providers=["CPUExecutionProvider"])


def open_session(program: Program, weight_levels: int = WEIGHT_LEVELS) -> Session:
    """A graph ready to be run, by one or several threads, each call in one thread; its weights have these levels."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors alone
    if weight_levels > WEIGHT_LEVELS and not _has_vnni():
        # Such processors would saturate. onnxruntime then is to rewrite the weights as uint8, and their zero points
        # with them, a name each.
        options.add_session_config_entry("session.x64quantprecision", "1")
    return Session(program, options)


def _has_vnni() -> bool:
    """Whether the processor is known to sum products of bytes without loss; where it is no x86, it does not matter."""
    return "vnni" in this_processor().instructions
