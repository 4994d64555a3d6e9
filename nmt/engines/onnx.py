"""The engine for processors: int8 graphs in onnxruntime, without torch.

Shapes: R rows, B sentences, K rows a sentence, S padded source length, H hidden, C candidates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nmt.engines.base import NONE, Floats, Ints, Step, padded_length
from nmt.engines.onnx_encoder import OnnxEncoder, stacked
from nmt.engines.onnx_layers import Network
from nmt.engines.onnx_session import open_session
from nmt.engines.onnx_translator import memory_graph, step_graph
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

    def __init__(
        self, networks: Sequence[Network], forbidden: Sequence[int], encoder: OnnxEncoder | None = None
    ) -> None:
        """Forbidden subwords never come out; the encoder is that of the first network, if something else has it too."""
        self.networks = networks
        self.vocab_size = len(networks[0].arrays["output_bias"])
        self.workers = default_threads()
        self._encoders = [encoder or OnnxEncoder(networks[0]), *map(OnnxEncoder, networks[1:])]
        for each in self._encoders:
            each.prepare()
        self._memories = [open_session(memory_graph(network), network.weight_levels) for network in networks]
        self._step = open_session(step_graph(networks, forbidden), max(network.weight_levels for network in networks))
        self._remembered = [
            [f"{number}.{output.name}" for output in memory.get_outputs()]
            for number, memory in enumerate(self._memories)
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
        real = np.arange(width) < lengths[:, None]  # [B, S]
        share = (real / lengths[:, None]).astype(np.float32)[:, None]
        found = {"mask": np.where(real, np.float32(0), _MASKED)[:, None, None]}
        for encoder, memory, names in zip(self._encoders, self._memories, self._remembered, strict=True):
            states = stacked(encoder(sources), width)
            found |= zip(names, memory.run(None, {"states": states, "share": share}), strict=True)
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
