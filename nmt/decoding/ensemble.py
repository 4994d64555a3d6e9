"""Several models as one: at each step, the mean of the probabilities that they give each next subword.

The mean of probabilities and not of their logarithms: it sums to one as it is, so scores stay log-probabilities, and
one model that is wrongly sure that a subword cannot come does not overrule all others.

Shapes: R rows, V vocabulary, C candidates, M models.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import torch

from nmt.decoding.engine import Ints, Step
from nmt.decoding.model import TranslationModel, load_model
from nmt.decoding.torch_engine import TorchEngine, TorchState
from nmt.errors import ModelError


@dataclass(frozen=True)
class EnsembleState:
    """Where each row stands in each model."""

    states: Sequence[TorchState]

    def select(self, rows: Ints) -> "EnsembleState":
        """See State.select."""
        return EnsembleState([state.select(rows) for state in self.states])


class EnsembleEngine:
    """Runs M translators of one target vocabulary side by side."""

    def __init__(self, engines: Sequence[TorchEngine]) -> None:
        self._engines = engines
        self.vocab_size = engines[0].vocab_size
        self.workers = engines[0].workers

    def start(self, sources: Sequence[Sequence[int]], rows: int) -> EnsembleState:
        """See Engine.start."""
        return EnsembleState([engine.start(sources, rows) for engine in self._engines])

    @torch.no_grad()
    def step(self, previous: Ints, state: EnsembleState, candidates: int) -> Step:
        """See Engine.step."""
        found = [engine.distribution(previous, own) for engine, own in zip(self._engines, state.states, strict=True)]
        each = torch.stack([one.log_probs for one in found])  # [M, R, V]
        log_probs, ids = (each.logsumexp(dim=0) - math.log(len(found))).topk(candidates, dim=-1)
        return Step(
            log_probs.cpu().numpy(),
            ids.cpu().numpy(),
            lambda: torch.stack([one.attention for one in found]).mean(dim=0).cpu().numpy(),
            EnsembleState([one.state for one in found]),
        )


def load_ensemble(paths: Sequence[Path], device: str = "cpu") -> TranslationModel:
    """Open model folders as one model, in torch.

    The first decides on the search. Raises ModelError for a damaged folder, and for models whose tokenizers or
    directions differ.
    """
    models = [load_model(path, device, "torch") for path in paths]
    engines = []
    for path, model in zip(paths, models, strict=True):
        for side in ("source", "target"):
            own, first = (getattr(one, f"{side}_tokenizer").to_bytes() for one in (model, models[0]))
            if own != first:
                raise ModelError(
                    f"{path}: its {side} tokenizer is not that of {paths[0]}; only models trained with the same "
                    "tokenizer can be an ensemble"
                )
        if model.directions != models[0].directions:
            raise ModelError(f"{path}: does not translate the same directions as {paths[0]}; leave one of them out")
        if model.known != models[0].known:
            raise ModelError(
                f"{path}: knows other words than {paths[0]} (training.placeholders); leave one of them out"
            )
        engines.append(cast(TorchEngine, model.engine))
    return replace(
        models[0],
        engine=EnsembleEngine(engines),
        usual_length=min(model.usual_length for model in models),
        greatest_length=min(model.greatest_length for model in models),
    )
