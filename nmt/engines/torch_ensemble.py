"""The reference engine for several models: see ensemble.py.

Shapes: R rows, V vocabulary, C candidates, M models.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from nmt.engines.base import NONE, Ints, Step
from nmt.engines.torch import TorchEngine, TorchState


@dataclass(frozen=True)
class EnsembleState:
    """Where each row stands in each model."""

    states: Sequence[TorchState]

    def select(self, rows: Ints) -> "EnsembleState":
        """See State.select."""
        return EnsembleState([state.select(rows) for state in self.states])


class TorchEnsemble:
    """Runs M translators of one target vocabulary side by side."""

    def __init__(self, engines: Sequence[TorchEngine]) -> None:
        self._engines = engines
        self.vocab_size = engines[0].vocab_size
        self.workers = engines[0].workers

    def start(self, sources: Sequence[Sequence[int]], rows: int) -> EnsembleState:
        """See Engine.start."""
        return EnsembleState([engine.start(sources, rows) for engine in self._engines])

    @torch.no_grad()
    def step(self, previous: Ints, state: EnsembleState, candidates: int, watched: Ints = NONE) -> Step:
        """See Engine.step."""
        found = [engine.distribution(previous, own) for engine, own in zip(self._engines, state.states, strict=True)]
        each = torch.stack([one.log_probs for one in found])  # [M, R, V]
        mean = each.logsumexp(dim=0) - math.log(len(found))
        log_probs, ids = mean.topk(candidates, dim=-1)
        return Step(
            log_probs.cpu().numpy(),
            ids.cpu().numpy(),
            mean[:, torch.from_numpy(watched)].cpu().numpy(),
            lambda: torch.stack([one.attention for one in found]).mean(dim=0).cpu().numpy(),
            EnsembleState([one.state for one in found]),
        )
