"""Trained networks out of their model folders, in torch, and their weights as arrays."""

import torch
from torch import nn

from nmt.data.bio_tags import bio_tags
from nmt.engines.int8 import dequantize_weights
from nmt.errors import ModelError
from nmt.model_folder.arrays import Arrays
from nmt.model_folder.contents import OpenedModel, load_weights
from nmt.model_folder.descriptions import TaggerDescription, described_in
from nmt.model_folder.parts import DESCRIPTION, INT8, TRANSLATOR
from nmt.models.config import ModelConfig, TaggerConfig
from nmt.models.device import check_device
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork


def load_network(opened: OpenedModel, device: str) -> TranslationNetwork:
    """The translator of a model folder.

    A small copy has its weights in int8 alone; they are what it gets then. Raises ConfigError for a device that is not
    there.
    """
    check_device(device)
    model = _without_weights(opened)
    if opened.folder.has(TRANSLATOR) or not opened.folder.has(INT8):
        schema = {name: ("float32", tuple(parameter.shape)) for name, parameter in model.named_parameters()}
        weights = load_weights(opened.folder, TRANSLATOR, schema)
    else:
        weights = dequantize_weights(opened.int8, dict(model.named_parameters()))
    model.to_empty(device=device)
    fill(model, weights)
    return model


def tagging_head(
    description: TaggerDescription, weights: Arrays, translator: TranslationNetwork, device: str
) -> TaggingHead:
    """A tagging head on a translator's encoder, with weights of the schema that belongs to the description."""
    config, encoder = TaggerConfig(**description["tagger"]), translator.config
    with torch.device("meta"):
        head = TaggingHead(
            config, encoder.cell, encoder.hidden_size, 1 + len(description["alphabet"]), bio_tags(description["types"])
        )
    head.to_empty(device=device)
    fill(head, weights)
    return head


def weights_of(model: nn.Module) -> Arrays:
    """A network's weights by their names."""
    return {name: parameter.detach().cpu().float().numpy() for name, parameter in model.named_parameters()}


@torch.no_grad()
def fill(model: nn.Module, weights: Arrays) -> None:
    """Give a network weights, by their names."""
    for name, parameter in model.named_parameters():
        parameter.copy_(torch.from_numpy(weights[name]))


def _without_weights(opened: OpenedModel) -> TranslationNetwork:
    """A translator of shapes alone: nothing is allocated, since the weights may not have the size that is asked for."""
    sizes = opened.source_tokenizer.vocab_size, opened.target_tokenizer.vocab_size
    with described_in(opened.folder, DESCRIPTION):
        config = ModelConfig(**opened.description["model"])
    try:
        with torch.device("meta"):
            return TranslationNetwork(config, *sizes, opened.shared)
    except RuntimeError as error:
        raise ModelError(
            f"{opened.folder.path}: {DESCRIPTION} asks for a network too large to exist ({error}); "
            "fetch or train the model again"
        ) from error
