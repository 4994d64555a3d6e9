"""The reference engine: the trained network itself, in torch, on a processor or a GPU.

Shapes: R rows, S source length, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from nmt.data.batch import pad
from nmt.engines.base import NONE, Ints, Step
from nmt.models.decoder import DecoderState
from nmt.models.translator import Translator
from nmt.text.tokenizer import EOS_ID

# Small matrix products take other code paths, which sum in another order: with fewer rows a sentence's last bits
# would depend on how many others are translated beside it.
LEAST_ROWS = 4


@dataclass(frozen=True)
class TorchState:
    """A decoder state; the rows beyond the live ones are padding."""

    decoder: DecoderState
    rows: int

    def select(self, rows: Ints) -> "TorchState":
        """See State.select."""
        padded = np.concatenate([rows, np.repeat(rows[:1], max(0, LEAST_ROWS - len(rows)))])
        return TorchState(self.decoder.select(torch.from_numpy(padded)), len(rows))


class Distribution(NamedTuple):
    """What may come next in each row, on the device."""

    log_probs: Tensor  # [R, V]
    attention: Tensor  # [R, S]
    state: TorchState  # after the step


class TorchEngine:
    """Runs a Translator in float32; forbidden subwords never come out."""

    def __init__(self, model: Translator, forbidden: Sequence[int] = ()) -> None:
        self._model = model.eval()
        self._device = model.output_bias.device
        self.vocab_size = model.output_bias.shape[0]
        self.workers = 1  # torch has threads of its own
        self._mask = torch.zeros(self.vocab_size, device=self._device, dtype=model.output_bias.dtype)
        self._mask[list(forbidden)] = float("-inf")

    @torch.no_grad()
    def start(self, sources: Sequence[Sequence[int]], rows: int) -> TorchState:
        """See Engine.start."""
        texts = [[*source, EOS_ID] for source in sources]
        texts += texts[:1] * max(0, LEAST_ROWS - len(texts))
        lengths = torch.tensor([len(text) for text in texts], device=self._device)
        memory = self._model.encode(pad(texts).to(self._device), lengths)
        return TorchState(self._model.decoder.start(memory), len(sources))

    @torch.no_grad()
    def step(self, previous: Ints, state: TorchState, candidates: int, watched: Ints = NONE) -> Step:
        """See Engine.step."""
        found = self.distribution(previous, state)
        log_probs, ids = found.log_probs.topk(candidates, dim=-1)
        return Step(
            log_probs=log_probs.cpu().numpy(),
            ids=ids.cpu().numpy(),
            watched=found.log_probs[:, torch.from_numpy(watched)].cpu().numpy(),
            attention=lambda: found.attention.cpu().numpy(),
            state=found.state,
        )

    @torch.no_grad()
    def distribution(self, previous: Ints, state: TorchState) -> Distribution:
        """Read the previous subwords [R] and give the log-probability of every next one."""
        padded = np.concatenate([previous, np.zeros(state.decoder.recurrent[0].shape[0] - len(previous), np.int64)])
        logits, decoder, attention = self._model.step(torch.from_numpy(padded).to(self._device), state.decoder)
        log_probs = torch.log_softmax(logits + self._mask, dim=-1)
        return Distribution(log_probs[: state.rows], attention[: state.rows], TorchState(decoder, state.rows))
