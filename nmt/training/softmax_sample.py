"""A part of the vocabulary from which a batch's softmax is estimated: complementary sum sampling (Botev et al., 2017).

The subwords that the batch writes are all in it, each for itself. Of the others a few are drawn, each of which stands
for as many: the sum of the exponentials is estimated without bias, by a fraction of the products.

Shapes: N positions, V vocabulary, C candidates.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from nmt.data.batch import next_multiple

IGNORED = -100  # a target that counts for nothing, as in torch.nn.functional.cross_entropy
_BLOCK = 256  # candidates: products of every new size cost their library milliseconds


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Candidates in place of the whole vocabulary."""

    ids: Tensor  # [C]
    shares: Tensor  # [C], how many subwords each stands for: together V
    places: Tensor  # [V], where among the candidates each target is

    @classmethod
    def draw(cls, targets: Tensor, vocab_size: int, others: int) -> "Sample | None":
        """A sample for targets [N], with this number of others or a few more; None if that is the whole vocabulary."""
        own = targets[targets != IGNORED].unique()
        size = next_multiple(len(own) + others, _BLOCK)
        if size >= vocab_size:
            return None
        rest = torch.ones(vocab_size, dtype=torch.bool, device=targets.device)
        rest[own] = False
        left = rest.nonzero()[:, 0]
        drawn = left[torch.randperm(len(left), device=targets.device)[: size - len(own)]]
        shares = torch.ones(size, device=targets.device)
        shares[len(own) :] = len(left) / len(drawn)
        places = torch.zeros(vocab_size, dtype=torch.int64, device=targets.device)
        places[own] = torch.arange(len(own), device=targets.device)
        return cls(ids=torch.cat([own, drawn]), shares=shares, places=places)
