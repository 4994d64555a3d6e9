"""The decoder: blocks of recurrent layer and attention, a whole target sentence at once or one step at a time.

Attention reads a block's recurrent output and feeds the next block, never the same layer's next step (no input
feeding, Luong et al., 2015), so with teacher forcing nothing here loops over time.

Shapes: B batch, S source length, T target length, E embedding, H hidden, N tensors in a cell's state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from nmt.models.attention import Attention, Keys
from nmt.models.cells import Recurrent
from nmt.models.config import Cell
from nmt.models.dropout import dropout
from nmt.models.encoder import Memory


@dataclass(frozen=True, kw_only=True)
class DecoderState:
    """Where each row of a batch stands: one recurrent state [B, N, H] and one set of keys a block."""

    recurrent: tuple[Tensor, ...]
    keys: tuple[Keys, ...]

    def select(self, rows: Tensor) -> "DecoderState":
        """Each surviving hypothesis keeps its own history, whatever the cell."""
        return DecoderState(
            recurrent=tuple(state[rows] for state in self.recurrent),
            keys=tuple(keys.select(rows) for keys in self.keys),
        )


class Block(nn.Module):
    """Recurrent layer, then attention, then residual connections and layer norm."""

    def __init__(self, cell: Cell, input_size: int, hidden_size: int, memory_size: int, heads: int) -> None:
        super().__init__()
        self.recurrent = Recurrent(cell, input_size, hidden_size)
        self.start = nn.Linear(memory_size, self.recurrent.state_tensors * hidden_size)
        self.attention = Attention(hidden_size, memory_size, heads)
        self.norm = nn.LayerNorm(hidden_size)

    def first_state(self, mean: Tensor) -> Tensor:
        """The state [B, N, H] before the first step, from the mean encoder state [B, M] (Bahdanau et al., 2015)."""
        state: Tensor = self.start(mean).unflatten(-1, (self.recurrent.state_tensors, -1))
        return torch.tanh(state)

    def forward(self, x: Tensor, state: Tensor, keys: Keys, rate: float) -> tuple[Tensor, Tensor, Tensor]:
        """x [B, T, I] -> outputs [B, T, H], the state after the last step, attention weights [B, T, S]."""
        y, state = self.recurrent(dropout(x, rate, self.training), state)
        context, weights = self.attention(y, keys)
        total = y + dropout(context, rate, self.training)
        return self.norm(x + total if x.shape == total.shape else total), state, weights


class Decoder(nn.Module):
    """A stack of blocks over a memory."""

    def __init__(
        self,
        cell: Cell,
        embedding_size: int,
        hidden_size: int,
        memory_size: int,
        layers: int,
        heads: int,
        dropout_rate: float,
    ) -> None:
        super().__init__()
        self.dropout_rate = dropout_rate
        sizes = [embedding_size] + [hidden_size] * (layers - 1)
        self.blocks = nn.ModuleList(Block(cell, size, hidden_size, memory_size, heads) for size in sizes)

    def start(self, memory: Memory) -> DecoderState:
        """The state before the first target position."""
        lengths = memory.mask.sum(dim=1, keepdim=True)
        mean = memory.states.sum(dim=1) / lengths  # padding states are zero
        return DecoderState(
            recurrent=tuple(block.first_state(mean) for block in self._stack()),
            keys=tuple(block.attention.prepare(memory) for block in self._stack()),
        )

    def forward(self, embedded: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState, Tensor]:
        """Read embedded target subwords [B, T, E] from a state.

        Returns hidden states [B, T, H] that predict each next subword, the state after the last position, and the
        attention weights [B, T, S], the mean over blocks.
        """
        x, states, attention = embedded, [], []
        for block, recurrent, keys in zip(self._stack(), state.recurrent, state.keys, strict=True):
            x, after, weights = block(x, recurrent, keys, self.dropout_rate)
            states.append(after)
            attention.append(weights)
        return x, DecoderState(recurrent=tuple(states), keys=state.keys), torch.stack(attention).mean(dim=0)

    def _stack(self) -> Iterator[Block]:
        return (cast(Block, block) for block in self.blocks)
