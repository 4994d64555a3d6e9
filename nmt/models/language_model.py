"""The language model: a decoder without a source, which says how probable the next subword of a text is.

Shapes: B batch, T time, E embedding, H hidden, N tensors in a cell's state, L layers, V vocabulary.
"""

import torch
from torch import Tensor, nn

from nmt.models.cells import Recurrent
from nmt.models.config import LanguageModelConfig
from nmt.models.dropout import dropout


class Layer(nn.Module):
    """A recurrent layer, then a residual connection and layer norm."""

    def __init__(self, config: LanguageModelConfig, input_size: int) -> None:
        super().__init__()
        self.recurrent = Recurrent(config.cell, input_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """x [B, T, I] from a state [B, N, H] -> outputs [B, T, H] and the state after them."""
        y, state = self.recurrent(x, state)
        return self.norm(x + y if x.shape == y.shape else y), state


class Stack(nn.Module):
    """The layers, one upon the other."""

    def __init__(self, config: LanguageModelConfig) -> None:
        super().__init__()
        sizes = [config.embedding_size] + [config.hidden_size] * (config.layers - 1)
        self.layers = nn.ModuleList(Layer(config, size) for size in sizes)


class LanguageModelNetwork(nn.Module):
    """From a subword and a state to the next subword; embeddings and output layer are tied."""

    def __init__(self, config: LanguageModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.config = config
        self.target_embedding = nn.Embedding(vocab_size, config.embedding_size)
        nn.init.normal_(self.target_embedding.weight, std=config.embedding_size**-0.5)
        self.stack = Stack(config)
        self.to_embedding = nn.Linear(config.hidden_size, config.embedding_size)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))

    def start(self, rows: int) -> Tensor:
        """The state [L, B, N, H] before any text."""
        tensors = 2 if self.config.cell == "lstm" else 1
        return self.output_bias.new_zeros(self.config.layers, rows, tensors, self.config.hidden_size)

    def hidden(self, ids: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states [B, T, E] that predict what comes after each of ids [B, T], and the state after the last."""
        rate, training = self.config.dropout, self.training
        x = self.target_embedding(ids) * self.config.embedding_size**0.5
        after = []
        for layer, state in zip(self.stack.layers, states, strict=True):
            x, last = layer(dropout(x, rate, training), state)
            after.append(last)
        return self.to_embedding(dropout(x, rate, training)), torch.stack(after)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores [..., V] of every subword for hidden [..., E]."""
        return nn.functional.linear(hidden, self.target_embedding.weight, self.output_bias)
