"""Trained networks out of their model folders, in torch."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import nn

from nmt.data.bio_tags import bio_tags
from nmt.engines.int8 import fill_translator
from nmt.errors import ModelError
from nmt.model_folder.contents import (
    DESCRIPTION,
    INT8,
    TAGGER,
    TAGGER_DESCRIPTION,
    TOKENIZER,
    TRANSLATOR,
    Description,
    TaggerDescription,
    described_in,
    load_int8,
    load_weights,
)
from nmt.model_folder.store import ModelFolder
from nmt.models.config import ModelConfig, TaggerConfig
from nmt.models.device import check_device
from nmt.models.tagger import TaggingHead
from nmt.models.translator import TranslationNetwork

Network = TypeVar("Network", bound=nn.Module)


def load_network(
    folder: ModelFolder, description: Description, source_size: int, target_size: int, device: str
) -> TranslationNetwork:
    """The translator of a model folder, for vocabularies of these sizes.

    A small copy has its weights in int8 alone; they are what it gets then. Raises ConfigError for a device that is not
    there.
    """
    check_device(device)
    with described_in(folder, DESCRIPTION):
        config = ModelConfig(**description["model"])
    with _shapes_alone(folder, DESCRIPTION):
        model = TranslationNetwork(config, source_size, target_size, shared=folder.has(TOKENIZER))
    if folder.has(TRANSLATOR) or not folder.has(INT8):
        return _filled(model, folder, TRANSLATOR, device)
    arrays = load_int8(folder, description, source_size, target_size)
    fill_translator(model.to_empty(device=device), arrays)
    return model


def load_tagging_head(
    folder: ModelFolder, description: TaggerDescription, translator: TranslationNetwork, alphabet: int, device: str
) -> TaggingHead:
    """The tagging head of a model folder, for an alphabet of that size."""
    with described_in(folder, TAGGER_DESCRIPTION):
        config = TaggerConfig(**description["tagger"])
    with _shapes_alone(folder, TAGGER_DESCRIPTION):
        encoder = translator.config
        model = TaggingHead(config, encoder.cell, encoder.hidden_size, alphabet, bio_tags(description["types"]))
    return _filled(model, folder, TAGGER, device)


@contextmanager
def _shapes_alone(folder: ModelFolder, part: str) -> Iterator[None]:
    """Allocate nothing for a network: the weights may not have the size that its description asks for."""
    try:
        with torch.device("meta"):
            yield
    except RuntimeError as error:
        raise ModelError(
            f"{folder.path}: {part} asks for a network too large to exist ({error}); fetch or train the model again"
        ) from error


def _filled(model: Network, folder: ModelFolder, part: str, device: str) -> Network:
    """A network of shapes alone, filled with a part's weights."""
    schema = {name: ("float32", tuple(parameter.shape)) for name, parameter in model.named_parameters()}
    weights = load_weights(folder, part, schema)
    model.to_empty(device=device)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(weights[name]))
    return model
