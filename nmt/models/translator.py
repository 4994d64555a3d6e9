"""The translation network: an encoder and a decoder with tied embeddings.

Shapes: B batch, S source length, T target length, E embedding, H hidden, V vocabulary.
"""

import torch
from torch import Tensor, nn

from nmt.models.config import ModelConfig
from nmt.models.decoder import Decoder, DecoderState
from nmt.models.dropout import dropout
from nmt.models.encoder import Encoder, Memory


class TranslationNetwork(nn.Module):
    """From source subwords to target subwords. Source and target share one embedding if they share a tokenizer."""

    def __init__(self, config: ModelConfig, source_vocab_size: int, target_vocab_size: int, shared: bool) -> None:
        super().__init__()
        self.config = config
        size = config.embedding_size
        self.target_embedding = nn.Embedding(target_vocab_size, size)
        self.source_embedding = self.target_embedding if shared else nn.Embedding(source_vocab_size, size)
        for embedding in {self.target_embedding, self.source_embedding}:
            nn.init.normal_(embedding.weight, std=size**-0.5)
        self.encoder = Encoder(config.cell, size, config.hidden_size, config.encoder_layers, config.dropout)
        self.decoder = Decoder(
            config.cell,
            size,
            config.hidden_size,
            config.hidden_size,
            config.decoder_layers,
            config.attention_heads,
            config.dropout,
        )
        self.to_embedding = nn.Linear(config.hidden_size, size)
        self.output_bias = nn.Parameter(torch.zeros(target_vocab_size))

    def encode(self, source_ids: Tensor, source_lengths: Tensor) -> Memory:
        """Encode source_ids [B, S] into states [B, S, H]; padding is never read."""
        memory: Memory = self.encoder(self.embed_source(source_ids), source_lengths)
        return memory

    def embed_source(self, source_ids: Tensor) -> Tensor:
        """What the encoder reads, [B, S, E], for source_ids [B, S]."""
        return self._embed(self.source_embedding, source_ids)

    def hidden(self, memory: Memory, target_ids: Tensor) -> Tensor:
        """Hidden states [B, T, E], in embedding space, that predict the next subword after each of target_ids [B, T].

        The logits are their products with the embeddings (Press and Wolf, 2017); see `logits`.
        """
        return self.hidden_and_attention(memory, target_ids)[0]

    def hidden_and_attention(self, memory: Memory, target_ids: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and the attention weights [B, T, S] that lead to it, the mean over blocks and heads."""
        hidden, _, weights = self._read(target_ids, self.decoder.start(memory))
        return hidden, weights

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores [..., V] of every target subword for hidden [..., E]."""
        return nn.functional.linear(hidden, self.target_embedding.weight, self.output_bias)

    def forward(self, source_ids: Tensor, source_lengths: Tensor, target_ids: Tensor) -> Tensor:
        """Logits [B, T, V] of each next subword after target_ids [B, T], with teacher forcing."""
        return self.logits(self.hidden(self.encode(source_ids, source_lengths), target_ids))

    def step(self, previous_ids: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState, Tensor]:
        """One time step after previous_ids [B]: logits [B, V], the next state, attention weights [B, S]."""
        hidden, state, weights = self._read(previous_ids[:, None], state)
        return self.logits(hidden[:, 0]), state, weights[:, 0]

    def _read(self, target_ids: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState, Tensor]:
        x, state, weights = self.decoder(self._embed(self.target_embedding, target_ids), state)
        hidden = self.to_embedding(dropout(x, self.config.dropout, self.training))
        return hidden, state, weights

    def _embed(self, embedding: nn.Embedding, ids: Tensor) -> Tensor:
        """[B, T] -> [B, T, E], scaled to unit variance, with word dropout: whole embeddings are set to zero."""
        x = embedding(ids) * self.config.embedding_size**0.5
        return dropout(x, self.config.word_dropout, self.training, shape=(*ids.shape, 1))
