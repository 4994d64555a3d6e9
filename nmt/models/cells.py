"""Recurrent layers, which process a whole sequence in one call or one step at a time with the same weights.

Shapes: B batch, T time, I input, H hidden, N tensors in a cell's state (2 for an LSTM, else 1).
"""

import torch
from torch import Tensor, nn

from nmt.models.config import Cell
from nmt.models.gru import gru
from nmt.models.ssru import SSRU

TORCH_CELLS = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}


class Recurrent(nn.Module):
    """One unidirectional recurrent layer; its state is one tensor [B, N, H], whatever the cell."""

    def __init__(self, cell: Cell, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.cell = cell
        self.hidden_size = hidden_size
        self.state_tensors = 2 if cell == "lstm" else 1
        self.layer: SSRU | nn.GRU | nn.LSTM | nn.RNN
        if cell == "ssru":
            self.layer = SSRU(input_size, hidden_size)
        else:
            self.layer = TORCH_CELLS[cell](input_size, hidden_size, batch_first=True)
        for name, parameter in self.layer.named_parameters():
            if name.startswith("weight_hh"):
                for gate in parameter.data.split(hidden_size):
                    nn.init.orthogonal_(gate)  # repeated products neither explode nor vanish (Saxe et al., 2014)
            elif name.startswith("weight_ih"):
                for gate in parameter.data.split(hidden_size):
                    nn.init.xavier_uniform_(gate)
            else:
                nn.init.zeros_(parameter)

    def forward(self, inputs: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Read inputs [B, T, I] from state [B, N, H] (zeros if None); return outputs [B, T, H] and the last state."""
        if state is None:
            state = inputs.new_zeros(inputs.shape[0], self.state_tensors, self.hidden_size)
        if isinstance(self.layer, SSRU):
            outputs, states = self.layer(inputs, state[:, 0])
            return outputs, states[:, -1:]
        if self.cell == "gru" and inputs.device.type == "cpu" and torch.is_grad_enabled():
            outputs = gru(inputs, state[:, 0], *self.layer.all_weights[0])
            return outputs, outputs[:, -1:]
        first = [part.contiguous() for part in state.to(inputs.dtype).transpose(0, 1).split(1)]
        outputs, last = self.layer(inputs, tuple(first) if self.cell == "lstm" else first[0])
        parts = last if self.cell == "lstm" else (last,)
        return outputs, torch.cat(parts).transpose(0, 1)


class Bidirectional(nn.Module):
    """Two recurrent layers of H / 2 units, one in each direction, with outputs concatenated to [B, T, H]."""

    def __init__(self, cell: Cell, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.forwards = Recurrent(cell, input_size, hidden_size // 2)
        self.backwards = Recurrent(cell, input_size, hidden_size // 2)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """Read inputs [B, T, I]; positions from lengths[b] on are padding, which does not affect any other state.

        Rows are reversed within their own length and not packed: packed sequences process the tail of the longest row
        by itself, which makes the last bits of a row depend on the other rows.
        """
        steps = torch.arange(inputs.shape[1], device=inputs.device)
        # [B, T], its own inverse
        reversed_positions = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
        forward, _ = self.forwards(inputs)
        backward, _ = self.backwards(_reorder(inputs, reversed_positions))
        return torch.cat([forward, _reorder(backward, reversed_positions)], dim=-1)


def _reorder(x: Tensor, positions: Tensor) -> Tensor:
    """x [B, T, H] at the given positions [B, T] of each row."""
    return x.gather(1, positions[:, :, None].expand_as(x))
