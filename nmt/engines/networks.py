"""Trained networks out of their model folders, in torch."""

from collections.abc import Mapping
from typing import Any, TypeVar

import torch
from torch import nn

from nmt.data.bio_tags import bio_tags
from nmt.engines.int8 import PART as ENGINE
from nmt.engines.int8 import load_arrays
from nmt.engines.int8_translator import fill_translator
from nmt.errors import ModelError
from nmt.model_folder.store import ModelFolder
from nmt.model_folder.tensors import from_bytes
from nmt.models.device import check_device
from nmt.models.tagger import Tagger, TaggerConfig
from nmt.models.translator import ModelConfig, Translator

TRANSLATOR = "translator.safetensors"

_TOO_LARGE = "asks for a network too large to exist; fetch or train the model again"

Network = TypeVar("Network", bound=nn.Module)


def load_translator(
    folder: ModelFolder, about: Mapping[str, Any], source_vocab_size: int, target_vocab_size: int, device: str
) -> Translator:
    """The translator of a model folder that config.json describes as about.

    A folder made small for shipping has its weights only as the engine's; they are what it gets then. Raises
    ConfigError for a device that is not there.
    """
    check_device(device)
    config, shared = ModelConfig(**about["model"]), folder.has("tokenizer.model")
    try:
        with torch.device("meta"):  # shapes alone: nothing is allocated for a size that the weights do not have
            model = Translator(config, source_vocab_size, target_vocab_size, shared)
    except RuntimeError as error:
        raise ModelError(f"{folder.path}: config.json {_TOO_LARGE} ({error})") from error
    if folder.has(TRANSLATOR) or not folder.has(ENGINE):
        return _filled(model, folder, TRANSLATOR, device)
    arrays = load_arrays(folder, about, source_vocab_size, target_vocab_size)
    fill_translator(model.to_empty(device=device), arrays)
    return model


def load_tagger_head(
    folder: ModelFolder, about: Mapping[str, Any], translator: Translator, alphabet: int, device: str
) -> Tagger:
    """The tagging head of a model folder that tagger.json describes as about, for an alphabet of that size."""
    config, tags = TaggerConfig(**about["tagger"]), bio_tags(about["types"])
    encoder = translator.config
    try:
        with torch.device("meta"):
            model = Tagger(config, encoder.cell, encoder.hidden_size, alphabet, tags)
    except RuntimeError as error:
        raise ModelError(f"{folder.path}: tagger.json {_TOO_LARGE} ({error})") from error
    return _filled(model, folder, "tagger.safetensors", device)


def _filled(model: Network, folder: ModelFolder, part: str, device: str) -> Network:
    """A network of shapes alone, filled with a part's weights."""
    tensors = from_bytes(folder.read(part), dict(model.named_parameters()), str(folder.path / part))
    model.to_empty(device=device)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[name])
    return model
