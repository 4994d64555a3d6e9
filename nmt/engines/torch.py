"""The reference engine: the trained networks themselves, in torch, on a CPU or a GPU.

Shapes: M models, R rows, S source length, V vocabulary, C candidates.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nmt.data.batch import pad
from nmt.engines.base import NONE, Ints, Step
from nmt.models.decoder import DecoderState
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import EOS_ID

# Small matrix products take other code paths, which sum in another order: with fewer rows a sentence's last bits
# would depend on how many others are translated beside it.
LEAST_ROWS = 4


@dataclass(frozen=True)
class TorchState:
    """Each model's decoder state; the rows beyond the live ones are padding."""

    decoders: Sequence[DecoderState]  # M of them
    rows: int

    def select(self, rows: Ints) -> "TorchState":
        """See SearchState.select."""
        padded = torch.from_numpy(np.concatenate([rows, np.repeat(rows[:1], max(0, LEAST_ROWS - len(rows)))]))
        return TorchState([decoder.select(padded) for decoder in self.decoders], len(rows))


class TorchEngine:
    """Runs translators of one target vocabulary side by side in float32; forbidden subwords never come out."""

    def __init__(self, models: Sequence[TranslationNetwork], forbidden: Sequence[int] = ()) -> None:
        self._models = [model.eval() for model in models]
        bias = models[0].output_bias
        self._device = bias.device
        self.vocab_size = len(bias)
        self.workers = 1  # torch has threads of its own
        self._mask = torch.zeros_like(bias)
        self._mask[list(forbidden)] = float("-inf")

    @torch.no_grad()
    def start(self, sources: Sequence[Sequence[int]], rows: int) -> TorchState:
        """See Engine.start."""
        texts = [[*source, EOS_ID] for source in sources]
        texts += texts[:1] * max(0, LEAST_ROWS - len(texts))
        lengths = torch.tensor([len(text) for text in texts], device=self._device)
        ids = pad(texts).to(self._device)
        return TorchState([model.decoder.start(model.encode(ids, lengths)) for model in self._models], len(sources))

    @torch.no_grad()
    def step(self, previous: Ints, state: TorchState, candidates: int, watched: Ints = NONE) -> Step[TorchState]:
        """See Engine.step."""
        padding = np.zeros(state.decoders[0].recurrent[0].shape[0] - len(previous), np.int64)
        ids = torch.from_numpy(np.concatenate([previous, padding])).to(self._device)
        found = [model.step(ids, decoder) for model, decoder in zip(self._models, state.decoders, strict=True)]
        rows = slice(state.rows)
        each = [torch.log_softmax(logits + self._mask, dim=-1)[rows] for logits, _, _ in found]
        every = _mean(each)
        log_probs, best = every.topk(candidates, dim=-1)
        return Step(
            log_probs=log_probs.cpu().numpy(),
            ids=best.cpu().numpy(),
            watched=every[:, torch.from_numpy(watched).to(self._device)].cpu().numpy(),
            attention=lambda: torch.stack([attention[rows] for _, _, attention in found]).mean(dim=0).cpu().numpy(),
            state=TorchState([decoder for _, decoder, _ in found], state.rows),
        )


def _mean(log_probs: Sequence[Tensor]) -> Tensor:
    """The logarithm [R, V] of the mean of M models' probabilities."""
    if len(log_probs) == 1:
        return log_probs[0]
    return torch.stack(list(log_probs)).logsumexp(dim=0) - math.log(len(log_probs))
