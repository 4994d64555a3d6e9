"""The model that a training begins with: its weights, and how they become those of a network with another tokenizer.

Shapes: V vocabulary, E embedding.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from nmt.engines.networks import load_network
from nmt.errors import ConfigError
from nmt.model_folder.contents import OpenedModel, load_statistics, open_model, weights_part
from nmt.model_folder.descriptions import described_in
from nmt.model_folder.parts import DESCRIPTION
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.protection.word_statistics import WordStatistics
from nmt.text.tokenizer import SPACE, UNK_ID, Tokenizer

_OF_VOCABULARY = ("target_embedding.weight", "source_embedding.weight", "output_bias")


@dataclass(frozen=True, kw_only=True)
class InitialModel:
    """A model folder as a training begins with it."""

    opened: OpenedModel
    config: ModelConfig
    statistics: WordStatistics | None  # how its training pairs treat each word, if it was trained with placeholders

    @property
    def tokenizers(self) -> tuple[Tokenizer, Tokenizer]:
        """Of the source and the target; the same object if they share a vocabulary."""
        return self.opened.source_tokenizer, self.opened.target_tokenizer

    @property
    def fingerprint(self) -> str:
        """Equal for the same weights and tokenizers only."""
        folder = self.opened.folder
        digest = hashlib.sha256(folder.read(weights_part(folder)))
        for tokenizer in self.tokenizers:
            digest.update(tokenizer.to_bytes())
        return digest.hexdigest()


def open_initial_model(path: Path) -> InitialModel:
    """Open a model folder to begin a training with; one that has its weights in int8 alone will do."""
    opened = open_model(path)
    with described_in(opened.folder, DESCRIPTION):
        config = ModelConfig(**opened.description["model"])
    return InitialModel(opened=opened, config=config, statistics=load_statistics(opened.folder))


@torch.no_grad()
def fill_from(network: TranslationNetwork, tokenizers: tuple[Tokenizer, Tokenizer], initial: InitialModel) -> None:
    """Give a new network the weights of a model of the same shape, those of its vocabulary by "fast vocabulary
    transfer" (Gee et al., 2022): a piece that both tokenizers have keeps its embedding and its output bias; another
    one starts as the mean of the pieces into which the model's tokenizer cuts it.
    """
    model = load_network(initial.opened, "cpu")
    shared = network.source_embedding is network.target_embedding
    if shared and model.source_embedding is not model.target_embedding:
        raise ConfigError(
            f"{initial.opened.folder.path}: has a tokenizer for each language, and cannot go on with one for both; "
            "train tokenizers with --separate, or leave --tokenizer out"
        )
    origins = [_origins(*pair) for pair in zip(tokenizers, initial.tokenizers, strict=True)]
    _transfer(model.target_embedding.weight, network.target_embedding.weight, origins[1])
    _transfer(model.output_bias, network.output_bias, origins[1], unknown=model.output_bias.mean())
    if not shared:
        _transfer(model.source_embedding.weight, network.source_embedding.weight, origins[0])
    weights = dict(model.named_parameters())
    for name, parameter in network.named_parameters():
        if name not in _OF_VOCABULARY:
            parameter.copy_(weights[name])


def _origins(new: Tokenizer, old: Tokenizer) -> list[list[int]]:
    """The old ids of which each new id is the mean; none for a symbol that is new, and text that nothing old shows."""
    kept = {old.piece(id_): id_ for id_ in range(old.vocab_size)}
    cut = old.encode_batch([new.text_of(id_) for id_ in range(new.vocab_size)])
    origins = []
    for id_, parts in enumerate(cut):
        piece = new.piece(id_)
        space = None if piece.startswith(SPACE) else kept.get(SPACE)  # put in front of every text
        origins.append([kept[piece]] if piece in kept else [part for part in parts if part not in (UNK_ID, space)])
    return origins


def _transfer(old: Tensor, new: Tensor, origins: list[list[int]], unknown: Tensor | None = None) -> None:
    """Set the rows of new [V, E], or the numbers of new [V], to the means of their origins in old.

    Without any, they become what stands for the unknown, or else stay as they are: symbols must be told apart.
    """
    for row, parts in zip(new, origins, strict=True):
        if parts:
            row.copy_(old[parts].mean(dim=0))
        elif unknown is not None:
            row.copy_(unknown)
