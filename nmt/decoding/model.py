"""A translation model as search sees it: two tokenizers, an engine, and what training found out.

It lies in one model folder, or in several that translate as one: an ensemble.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nmt.decoding.config import DecodingConfig
from nmt.engines.base import Engine
from nmt.errors import ConfigError, ModelError
from nmt.model_folder.contents import OpenedModel, load_languages, load_statistics, open_model
from nmt.model_folder.descriptions import described_in
from nmt.model_folder.parts import DESCRIPTION, INT8
from nmt.model_folder.store import ModelFolder
from nmt.protection.names import Tagged
from nmt.protection.word_statistics import WordStatistics
from nmt.text.directions import Direction, choose_direction, decoder_start_ids
from nmt.text.language_detector import LanguageDetector
from nmt.text.tokenizer import EOS_ID, Tokenizer

if TYPE_CHECKING:  # torch's engine does without onnxruntime
    from nmt.engines.onnx_encoder import OnnxEncoder


class Recalled(NamedTuple):
    """A pair of a memory that a sentence is like, and how much: see decoding.memory."""

    source: str
    target: str
    similarity: float


EngineName = Literal["auto", "onnx", "torch"]


@dataclass(frozen=True, kw_only=True)
class TranslationModel:
    """What turns lines of one language into lines of the other."""

    source: str  # language codes
    target: str
    directions: Mapping[Direction, int]  # what it can translate, and what the decoder is to read first for it
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer
    engine: Engine[Any]
    split_above_length: int  # source subwords: longer lines are cut into sentences
    max_source_length: int  # source subwords: longer sentences are cut into parts
    search: DecodingConfig
    known_words: Collection[str] | None = None  # of its training text, in lower case, if it has no statistics
    statistics: WordStatistics | None = None  # how its training pairs treat each word
    order: Mapping[str, float] = field(default_factory=dict)  # see protection.order
    languages: LanguageDetector | None = None  # what tells the languages of its directions apart
    recall: Callable[[Sequence[int]], Sequence[Recalled]] | None = None  # what a memory has that is like a source
    tag: Callable[[Sequence[str]], Sequence[Sequence[Tagged]]] | None = None  # finds names in texts, by its own tagger

    @property
    def has_placeholders(self) -> bool:
        """Whether it was trained with placeholders for what is to come through letter by letter."""
        return self.known_words is not None or self.statistics is not None

    @property
    def decoder_start_id(self) -> int:
        """What the decoder reads first."""
        return self.directions[self.source, self.target]

    @property
    def placeholders(self) -> Sequence[str]:
        """The symbols that stand for what is protected; none for a model that was trained without."""
        return self.source_tokenizer.placeholders if self.has_placeholders else ()

    @property
    def source_placeholders(self) -> Sequence[int]:
        """Their ids in source text."""
        return self.source_tokenizer.placeholder_ids if self.has_placeholders else ()

    @property
    def target_placeholders(self) -> Sequence[int]:
        """Their ids in translations."""
        return self.target_tokenizer.placeholder_ids if self.has_placeholders else ()

    def between(self, source: str = "", target: str = "") -> "TranslationModel":
        """The model in the direction between these languages, "" standing for any; ConfigError if it has none such."""
        source, target = choose_direction(self.directions, source, target)
        return replace(self, source=source, target=target)


def load_translator(paths: Sequence[Path], device: str = "cpu", engine: EngineName = "auto") -> TranslationModel:
    """Open model folders to translate as one; see translator_of.

    Raises ModelError for a folder that is damaged or has no translator.
    """
    return translator_of([open_model(path) for path in paths], device, engine)


def translator_of(
    opened: Sequence[OpenedModel],
    device: str = "cpu",
    engine: EngineName = "auto",
    encoder: "OnnxEncoder | None" = None,
) -> TranslationModel:
    """Models that translate as one: each says how probable a next subword is, and their mean counts.

    The first decides on the search; its encoder, if it is given, is shared with a tagger. By default the engine is onnx
    on a CPU if all folders have int8 weights, else torch. Raises ModelError for damaged weights, and for models of
    different tokenizers, directions or known words.
    """
    first = opened[0]
    for other in opened[1:]:
        _check_alike(first, other)
    if engine == "auto":
        engine = usual_engine([one.folder for one in opened], device)
    with described_in(first.folder, DESCRIPTION):
        search = DecodingConfig(**_todays_names(first.description["search"]))
    model = TranslationModel(
        source=first.description["source"],
        target=first.description["target"],
        directions=_directions(first),
        source_tokenizer=first.source_tokenizer,
        target_tokenizer=first.target_tokenizer,
        engine=_onnx_engine(opened, device, encoder) if engine == "onnx" else _torch_engine(opened, device),
        split_above_length=min(one.description["usual_length"] for one in opened),
        max_source_length=min(one.description["greatest_length"] for one in opened),
        search=search,
        known_words=first.words,
        statistics=load_statistics(first.folder),
        languages=load_languages(first.folder),
        order=first.description["order"],
    )
    for one in opened:
        one.folder.verify()  # all of it: one engine does not read what the other does, but a folder is sound or is not
    return model


def usual_engine(folders: Sequence[ModelFolder], device: str) -> EngineName:
    """The engine that runs models unless another one is asked for."""
    return "onnx" if device == "cpu" and all(folder.has(INT8) for folder in folders) else "torch"


def onnx_encoder(opened: OpenedModel, device: str) -> "OnnxEncoder":
    """A model's encoder, for its translator and its heads. Raises ConfigError unless the engine runs on the device."""
    from nmt.engines.onnx_encoder import OnnxEncoder  # here, since torch's engine does without onnxruntime
    from nmt.engines.onnx_layers import Network

    if device != "cpu":
        raise ConfigError(f"the engine onnx runs on cpu, not on {device}; choose --engine torch")
    return OnnxEncoder(Network(arrays=opened.int8, config=opened.description["model"]))


def _todays_names(search: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a search as a folder has them, by the names that they have now."""
    return {{"sample_from": "top_k"}.get(name, name): value for name, value in search.items()}


def forbidden_ids(tokenizer: Tokenizer, placeholders: bool) -> list[int]:
    """Subwords that no translation may hold: padding, unknown, begin of sentence, tags, and placeholders or not."""
    allowed = {EOS_ID, *(tokenizer.placeholder_ids if placeholders else ())}
    return [number for number in range(tokenizer.vocab_size) if number not in allowed and tokenizer.is_special(number)]


def _directions(opened: OpenedModel) -> dict[Direction, int]:
    about = opened.description
    return decoder_start_ids(about["source"], about["target"], about["directions"], opened.target_tokenizer)


def _check_alike(first: OpenedModel, other: OpenedModel) -> None:
    """Raise ModelError unless two models can translate together."""
    path = other.folder.path
    for side in ("source", "target"):
        if getattr(other, f"{side}_tokenizer").to_bytes() != getattr(first, f"{side}_tokenizer").to_bytes():
            raise ModelError(
                f"{path}: its {side} tokenizer is not that of {first.folder.path}; only models trained with the same "
                "tokenizer can be an ensemble"
            )
    if _directions(other) != _directions(first):
        raise ModelError(
            f"{path}: does not translate the same directions as {first.folder.path}; leave one of them out"
        )
    if other.words != first.words:
        raise ModelError(
            f"{path}: knows other words than {first.folder.path} (training.placeholders); leave one of them out"
        )


def _onnx_engine(opened: Sequence[OpenedModel], device: str, encoder: "OnnxEncoder | None") -> Engine[Any]:
    from nmt.engines.onnx import OnnxEngine  # here, since torch's engine does without onnxruntime
    from nmt.engines.onnx_layers import Network

    encoder = encoder or onnx_encoder(opened[0], device)
    others = [Network(arrays=one.int8, config=one.description["model"]) for one in opened[1:]]
    forbidden = forbidden_ids(opened[0].target_tokenizer, opened[0].has_placeholders)
    return OnnxEngine([encoder.network, *others], forbidden, encoder)


def _torch_engine(opened: Sequence[OpenedModel], device: str) -> Engine[Any]:
    from nmt.engines.networks import load_network  # here, since the engine onnx does without torch
    from nmt.engines.torch import TorchEngine

    networks = [load_network(one, device) for one in opened]
    return TorchEngine(networks, forbidden_ids(opened[0].target_tokenizer, opened[0].has_placeholders))
