"""The engine for processors: int8 graphs in onnxruntime, without torch.

A session runs in the thread that calls it, so several threads can each search for their own sentences.

Shapes: R rows, B sentences, K rows a sentence, S padded source length, H hidden, C candidates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime

from nmt.engines.base import NONE, Floats, Ints, Step, padded_length
from nmt.engines.int8 import WEIGHT_LEVELS
from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Network
from nmt.engines.onnx_translator import encoder_graph, step_graph
from nmt.processor import this_processor
from nmt.text.tokenizer import EOS_ID, PAD_ID
from nmt.threads import default_threads

_MASKED = np.float32(-1e30)

Values = Mapping[str, Floats]


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Whose each row is, and what the encoder remembers of the sentences; that of ended ones goes late."""

    memory: Values  # each layer's keys [B, A, H/A, S] and values [B, A, S, H/A]; mask [B, 1, 1, S]
    sentence: Ints  # [R], its place in memory
    place: Ints  # [R], its place among B * K, those of a sentence side by side
    slot: Ints  # [B, K], the row at each place, or any where there is none

    @classmethod
    def of(cls, memory: Values, sentence: Ints, most: int) -> "_Rows":
        """Rows of these sentences, at most so many a sentence."""
        own = np.arange(len(sentence))
        place = sentence * most + own - np.searchsorted(sentence, sentence)
        slot = np.zeros(len(memory["mask"]) * most, dtype=np.int64)
        slot[place] = own
        return cls(memory=memory, sentence=sentence, place=place, slot=slot.reshape(-1, most))

    def select(self, rows: Ints) -> "_Rows":
        """See SearchState.select."""
        memory, sentence = self.memory, self.sentence[rows]
        if len(sentence) == len(self.sentence) and (sentence == self.sentence).all():
            return self
        if 2 * len(sentence) <= self.slot.size:  # it may pay to shrink the memory
            live, places = np.unique(sentence, return_inverse=True)
            if 2 * len(live) <= len(self.slot):
                memory, sentence = {name: array[live] for name, array in memory.items()}, places
        return self.of(memory, sentence, self.slot.shape[1])


@dataclass(frozen=True, kw_only=True)
class OnnxState:
    """Where each row stands. The graph picks the recurrent states at the next step."""

    rows: _Rows
    recurrent: Values  # [R before, H]
    parents: Ints  # [R], in which of these each row stood

    def select(self, rows: Ints) -> "OnnxState":
        """See SearchState.select."""
        return OnnxState(rows=self.rows.select(rows), recurrent=self.recurrent, parents=self.parents[rows])


class OnnxEngine:
    """Runs translators of one target vocabulary side by side, in int8."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self.networks = networks
        self.vocab_size = len(networks[0].arrays["output_bias"])
        self.workers = default_threads()
        self._encoders = [open_session(encoder_graph(network), network.weight_levels) for network in networks]
        self._step = open_session(step_graph(networks), max(network.weight_levels for network in networks))
        self._encoded = [
            [f"{number}.{output.name}" for output in encoder.get_outputs()]
            for number, encoder in enumerate(self._encoders)
        ]
        self._states = [f"{number}.{state}" for number, network in enumerate(networks) for state in network.states]
        self._attention = [
            [f"{number}.attention{layer}" for layer in range(network.config["decoder_layers"])]
            for number, network in enumerate(networks)
        ]
        attention = [name for names in self._attention for name in names]
        self._outputs = [
            "scores",
            "ids",
            "watched_scores",
            "0.hidden",
            *attention,
            *(f"{state}_after" for state in self._states),
        ]

    def start(self, sources: Sequence[Sequence[int]], rows: int) -> OnnxState:
        """See Engine.start."""
        lengths = np.array([len(source) + 1 for source in sources])
        count, width = len(sources), padded_length(int(lengths.max()) - 1)
        ids = columns([[*source, EOS_ID] for source in sources], width)
        turned = backwards(lengths, width)
        real = np.arange(width) < lengths[:, None]  # [B, S]
        share = (real / lengths[:, None]).astype(np.float32)[:, None]
        found = {"mask": np.where(real, np.float32(0), _MASKED)[:, None, None]}
        for network, encoder, names in zip(self.networks, self._encoders, self._encoded, strict=True):
            zeros = np.zeros((count, network.hidden // 2), dtype=np.float32)
            outputs = encoder.run(None, {"ids": ids, "turned": turned, "share": share, "zeros": zeros})
            found |= zip(names, outputs, strict=True)
        recurrent = {state: found.pop(state) for state in self._states}
        return OnnxState(rows=_Rows.of(found, np.arange(count), rows), recurrent=recurrent, parents=np.arange(count))

    def step(self, previous: Ints, state: OnnxState, candidates: int, watched: Ints = NONE) -> Step[OnnxState]:
        """See Engine.step."""
        rows = state.rows
        outputs = self._step.run(
            self._outputs,
            {
                "previous": previous,
                "parents": state.parents,
                "slot": rows.slot,
                "place": rows.place,
                "k": np.array([candidates]),
                "watched": watched,
                **rows.memory,
                **state.recurrent,
            },
        )
        found = dict(zip(self._outputs, outputs, strict=True))
        recurrent = {name: found[f"{name}_after"] for name in self._states}
        after = OnnxState(rows=rows, recurrent=recurrent, parents=np.arange(len(previous)))
        return Step(
            log_probs=self._log_probs(found["scores"]),
            ids=found["ids"],
            watched=self._log_probs(found["watched_scores"]),
            attention=lambda: self._mean_attention(found, rows),
            state=after,
            hidden=found["0.hidden"],
        )

    def _log_probs(self, scores: Floats) -> Floats:
        if len(self.networks) == 1:
            return scores
        with np.errstate(divide="ignore"):  # what is forbidden
            return np.log(scores)

    def _mean_attention(self, found: Values, rows: _Rows) -> Floats:
        """[R, S], the mean over networks of the mean over their layers and heads."""
        each = [np.mean([found[name].mean(axis=1) for name in names], axis=0) for names in self._attention]
        mean: Floats = np.mean(each, axis=0)
        return mean.reshape(-1, mean.shape[-1])[rows.place]


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
