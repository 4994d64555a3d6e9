"""The encoder: one state for each source subword, which the decoder and the tagger both read.

Shapes: B batch, S source length, E embedding, H hidden.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nmt.models.cells import Bidirectional, Recurrent
from nmt.models.config import Cell
from nmt.models.dropout import dropout


@dataclass(frozen=True, kw_only=True)
class Memory:
    """The encoder's output for a batch: states [B, S, H] and mask [B, S] (True = real)."""

    states: Tensor
    mask: Tensor


class Encoder(nn.Module):
    """A stack of bidirectional recurrent layers with residual connections and layer norm."""

    def __init__(self, cell: Cell, embedding_size: int, hidden_size: int, layers: int, dropout_rate: float) -> None:
        super().__init__()
        self.dropout_rate = dropout_rate
        sizes = [embedding_size] + [hidden_size] * (layers - 1)
        self.layers = nn.ModuleList(Bidirectional(cell, size, hidden_size) for size in sizes)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden_size) for _ in sizes)

    @property
    def first_layer(self) -> Recurrent:
        """The layer that reads the subwords from left to right."""
        layer: Bidirectional = self.layers[0]  # type: ignore[assignment]  # of a ModuleList
        return layer.forwards

    def forward(self, embedded: Tensor, lengths: Tensor) -> Memory:
        """Encode embedded subwords [B, S, E] of the given lengths [B]; padding is never read."""
        x = embedded
        for layer, norm in zip(self.layers, self.norms, strict=True):
            y = layer(dropout(x, self.dropout_rate, self.training), lengths)
            x = norm(x + y if x.shape == y.shape else y)
        mask = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
        return Memory(states=x * mask[:, :, None], mask=mask)
