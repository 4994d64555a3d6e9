"""A translation model as search sees it: two tokenizers, an engine, and what the training found out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nmt.decoding.config import SearchConfig
from nmt.decoding.constraints import Required
from nmt.engines.base import Engine
from nmt.engines.int8 import PART as ENGINE
from nmt.engines.int8 import load_arrays
from nmt.errors import ConfigError, ModelError
from nmt.model_folder.contents import WORDS, load_tokenizers, load_words, read_description
from nmt.model_folder.store import ModelFolder, open_folder
from nmt.text.directions import Direction, choose_direction, first_ids
from nmt.text.tokenizer import EOS_ID, Tokenizer

EngineName = Literal["auto", "onnx", "torch"]


@dataclass(frozen=True, kw_only=True)
class TranslationModel:
    """What turns lines of one language into lines of the other."""

    source: str  # language codes
    target: str
    directions: Mapping[Direction, int]  # what it can translate, and what the decoder is to read first for it
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer
    engine: Engine
    usual_length: int  # source subwords: longer lines are cut into sentences
    greatest_length: int  # source subwords: longer sentences are cut into parts
    search: SearchConfig
    known: Collection[str] | None = None  # words, if it was trained with placeholders for what is unknown

    @property
    def first(self) -> int:
        """What the decoder reads first."""
        return self.directions[self.source, self.target]

    def required(self, sources: Sequence[Sequence[int]]) -> Required | None:
        """The placeholders that translations of these sources, as subwords, must have; None if it knows none."""
        if self.known is None:
            return None
        placeholders = self.source_tokenizer.placeholder_ids
        counts = np.array([list(source).count(id_) for source in sources for id_ in placeholders])
        return Required(np.array(self.target_tokenizer.placeholder_ids), counts.reshape(-1, len(placeholders)))

    def between(self, source: str = "", target: str = "") -> "TranslationModel":
        """The model in the direction between these languages, "" standing for any; ConfigError if it has none such."""
        source, target = choose_direction(self.directions, source, target)
        return replace(self, source=source, target=target)


def load_model(path: Path, device: str = "cpu", engine: EngineName = "auto") -> TranslationModel:
    """Open a model folder for translation. Raises ModelError for one that is damaged or has no translator.

    By default the exported engine runs it on a processor, if the folder has one, and torch elsewhere.
    """
    folder = open_folder(path)
    folder.verify()  # all of it: one engine does not read what the other does, but a folder is sound or is not
    about = read_description(folder)
    source, target = load_tokenizers(folder)
    if engine == "auto":
        engine = usual_engine(folder, device)
    make = _onnx_engine if engine == "onnx" else _torch_engine
    try:
        return TranslationModel(
            source=about["source"],
            target=about["target"],
            directions=first_ids(about["source"], about["target"], about.get("directions", "one"), target),
            source_tokenizer=source,
            target_tokenizer=target,
            engine=make(folder, about, source, target, device),
            usual_length=about["usual_length"],
            greatest_length=about["greatest_length"],
            search=SearchConfig(**about["search"]),
            known=load_words(folder),
        )
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{path}: config.json does not describe a translator ({error}); train the model again"
        ) from error


def usual_engine(folder: ModelFolder, device: str) -> EngineName:
    """The engine that runs a model unless another one is asked for."""
    return "onnx" if device == "cpu" and folder.has(ENGINE) else "torch"


def forbidden_ids(tokenizer: Tokenizer, placeholders: bool) -> list[int]:
    """Subwords that no translation may hold: padding, unknown, begin of sentence, tags, and placeholders or not."""
    allowed = {EOS_ID, *(tokenizer.placeholder_ids if placeholders else ())}
    return [number for number in range(tokenizer.vocab_size) if number not in allowed and tokenizer.is_special(number)]


def _onnx_engine(
    folder: ModelFolder, about: Mapping[str, Any], source: Tokenizer, target: Tokenizer, device: str
) -> Engine:
    from nmt.engines.onnx import OnnxEngine  # here, since torch's engine does without onnxruntime
    from nmt.engines.onnx_layers import Network

    if device != "cpu":
        raise ConfigError(f"the engine onnx runs on cpu, not on {device}; choose --engine torch")
    arrays = load_arrays(folder, about, source.vocab_size, target.vocab_size)
    forbidden = forbidden_ids(target, folder.has(WORDS))
    return OnnxEngine([Network(arrays=arrays, config=about["model"], forbidden=forbidden)])


def _torch_engine(
    folder: ModelFolder, about: Mapping[str, Any], source: Tokenizer, target: Tokenizer, device: str
) -> Engine:
    from nmt.engines.networks import load_translator  # here, since an exported engine does without torch
    from nmt.engines.torch import TorchEngine

    model = load_translator(folder, about, source.vocab_size, target.vocab_size, device)
    return TorchEngine(model, forbidden_ids(target, folder.has(WORDS)))
