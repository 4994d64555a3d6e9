"""The encoder in torch: the states of sentences.

Shapes: S source length, H hidden.
"""

from collections.abc import Sequence

import torch

from nmt.data.batch import pad
from nmt.engines.base import Floats
from nmt.engines.torch import LEAST_ROWS
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import EOS_ID


class TorchStates:
    """Gives states [S, H] of each of a few sentences, in float32, whatever stands beside them."""

    def __init__(self, translator: TranslationNetwork) -> None:
        self._translator = translator.eval()
        self._device = translator.output_bias.device

    @torch.no_grad()
    def __call__(self, sources: Sequence[Sequence[int]]) -> list[Floats]:
        """The states of sentences, which are given without EOS, and of their EOS."""
        texts = [[*source, EOS_ID] for source in sources]
        texts += texts[:1] * max(0, LEAST_ROWS - len(texts))
        lengths = torch.tensor([len(text) for text in texts], device=self._device)
        states = self._translator.encode(pad(texts).to(self._device), lengths).states.float().cpu().numpy()
        return [own[: len(source) + 1] for own, source in zip(states, sources, strict=False)]
