"""The classification head: from the translator's encoder states to a score for each label of a line.

Shapes: B batch, S source length, H hidden, L labels.
"""

import torch
from torch import Tensor, nn

from nmt.models.config import ClassifierConfig
from nmt.models.dropout import dropout
from nmt.models.encoder import Memory


class ClassificationHead(nn.Module):
    """One hidden layer over the mean and the maximum of the encoder states (Conneau et al., 2017)."""

    def __init__(self, config: ClassifierConfig, encoder_size: int, labels: int) -> None:
        super().__init__()
        self.config = config
        self.hidden = nn.Linear(2 * encoder_size, config.hidden_size)
        self.emit = nn.Linear(config.hidden_size, labels)

    def forward(self, memory: Memory) -> Tensor:
        """Scores [B, L] of encoded lines."""
        x = dropout(read_lines(memory), self.config.dropout, self.training)
        x = torch.tanh(self.hidden(x))
        scores: Tensor = self.emit(dropout(x, self.config.dropout, self.training))
        return scores


def read_lines(memory: Memory) -> Tensor:
    """[B, 2H]: the mean and the maximum over a line's states; padding counts in neither."""
    states, mask = memory.states, memory.mask[:, :, None]
    mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
    greatest = states.masked_fill(~mask, float("-inf")).amax(dim=1)
    return torch.cat([mean, greatest], dim=-1)
