"""Attention: every target position looks at all source states at once.

Shapes: B batch, S source length, T target length, H hidden, M memory, A heads.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nmt.models.encoder import Memory


@dataclass(frozen=True, kw_only=True)
class Keys:
    """A memory made ready for one attention layer, once a sentence: keys [B, A, H/A, S], values [B, A, S, H/A]."""

    keys: Tensor
    values: Tensor
    mask: Tensor

    def select(self, rows: Tensor) -> "Keys":
        """The keys of the given rows, in their order."""
        return Keys(keys=self.keys[rows], values=self.values[rows], mask=self.mask[rows])


class Attention(nn.Module):
    """Scaled dot-product attention with A heads (Vaswani et al., 2017, eq. 1)."""

    def __init__(self, hidden_size: int, memory_size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.key = nn.Linear(memory_size, hidden_size, bias=False)
        self.value = nn.Linear(memory_size, hidden_size, bias=False)
        self.out = nn.Linear(hidden_size, hidden_size)

    def prepare(self, memory: Memory) -> Keys:
        """Project a memory into keys and values: the part that does not depend on the query."""
        keys = self._split(self.key(memory.states)).transpose(-2, -1)
        return Keys(keys=keys, values=self._split(self.value(memory.states)), mask=memory.mask)

    def forward(self, queries: Tensor, keys: Keys) -> tuple[Tensor, Tensor]:
        """Attend from queries [B, T, H]; return contexts [B, T, H] and weights [B, T, S], the mean over the heads."""
        query = self._split(self.query(queries))
        scores = (query @ keys.keys) * query.shape[-1] ** -0.5
        weights = torch.softmax(scores.masked_fill(~keys.mask[:, None, None, :], float("-inf")), dim=-1)
        contexts = weights.to(keys.values.dtype) @ keys.values
        return self.out(contexts.transpose(1, 2).flatten(2)), weights.mean(dim=1)

    def _split(self, x: Tensor) -> Tensor:
        """[B, T, H] -> [B, A, T, H/A]."""
        heads: Tensor = x.unflatten(-1, (self.heads, -1))
        return heads.transpose(1, 2)
