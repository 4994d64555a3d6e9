"""What is in a model folder: how it is opened, read part by part, and put together to be saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nmt.errors import ModelError
from nmt.model_folder.arrays import Arrays, Schema, from_bytes, parse, to_bytes
from nmt.model_folder.descriptions import (
    ClassifierDescription,
    Description,
    LanguageModelDescription,
    TaggerDescription,
    described_in,
    read_description,
)
from nmt.model_folder.parts import (
    CLASSIFIER,
    CLASSIFIER_DESCRIPTION,
    DESCRIPTION,
    INT8,
    KNOWN_WORDS,
    LANGUAGE_MODEL,
    LANGUAGE_MODEL_DESCRIPTION,
    LANGUAGES,
    SOURCE_TOKENIZER,
    STATISTICS,
    TAGGER,
    TAGGER_DESCRIPTION,
    TARGET_TOKENIZER,
    TOKENIZER,
    TRANSLATOR,
)
from nmt.model_folder.schemas import int8_schema
from nmt.model_folder.store import ModelFolder, open_folder
from nmt.protection.word_statistics import WordStatistics
from nmt.text.language_detector import LanguageDetector
from nmt.text.tokenizer import Tokenizer

_ANEW = "fetch or train the model again"
_EXPORT = "make it again with nmt export"


@dataclass(frozen=True, kw_only=True)
class OpenedModel:
    """A model folder with all that is in it of a translator, but for the weights."""

    folder: ModelFolder
    description: Description
    source_tokenizer: Tokenizer
    target_tokenizer: Tokenizer  # the same object if they share a vocabulary
    words: frozenset[str] | None  # that it knows, if it was trained with placeholders for others

    @property
    def has_placeholders(self) -> bool:
        """Whether it was trained with placeholders for what is to come through letter by letter."""
        return self.words is not None or self.folder.has(STATISTICS)

    @property
    def shared(self) -> bool:
        """Whether both languages have one vocabulary, and so one embedding."""
        return self.source_tokenizer is self.target_tokenizer

    @cached_property
    def int8(self) -> Arrays:
        """The translator's weights in int8, for its engine and a tagger's; ModelError unless they fit the schema."""
        sizes = self.source_tokenizer.vocab_size, self.target_tokenizer.vocab_size
        with described_in(self.folder, DESCRIPTION):
            schema = int8_schema(self.description["model"], *sizes, self.shared)
        return from_bytes(self.folder.read(INT8), schema, str(self.folder.path / INT8), _EXPORT)


def open_model(path: Path) -> OpenedModel:
    """Open the model folder at path; ModelError if it is damaged or has no translator."""
    folder = open_folder(path)
    if folder.has(LANGUAGE_MODEL_DESCRIPTION):
        raise ModelError(f"{path}: holds a language model, for nmt generate and nmt evaluate-lm; name a translator")
    source, target = load_tokenizers(folder)
    return OpenedModel(
        folder=folder,
        description=read_description(folder),
        source_tokenizer=source,
        target_tokenizer=target,
        words=load_known_words(folder),
    )


# Tokenizers and what is known of words


def load_tokenizers(folder: ModelFolder) -> tuple[Tokenizer, Tokenizer]:
    """The source and the target tokenizer of a model; the same object if they share a vocabulary."""

    def load(name: str) -> Tokenizer:
        return Tokenizer.from_bytes(folder.read(name), str(folder.path / name))

    if folder.has(TOKENIZER):
        shared = load(TOKENIZER)
        return shared, shared
    return load(SOURCE_TOKENIZER), load(TARGET_TOKENIZER)


def load_statistics(folder: ModelFolder) -> WordStatistics | None:
    """How the training pairs of a model treat each word, if it says so."""
    if not folder.has(STATISTICS):
        return None
    return WordStatistics.from_bytes(folder.read(STATISTICS), str(folder.path / STATISTICS))


def load_languages(folder: ModelFolder) -> LanguageDetector | None:
    """What tells the languages of a model apart, if it has it."""
    if not folder.has(LANGUAGES):
        return None
    return LanguageDetector.from_bytes(folder.read(LANGUAGES), str(folder.path / LANGUAGES))


def load_known_words(folder: ModelFolder) -> frozenset[str] | None:
    """The words that an older model knows, if it was trained with placeholders for what is unknown."""
    if not folder.has(KNOWN_WORDS):
        return None
    try:
        return frozenset(folder.read(KNOWN_WORDS).decode().split())
    except UnicodeDecodeError as error:
        raise ModelError(f"{folder.path}: {KNOWN_WORDS} is not UTF-8 ({error}); train the model again") from error


# Weights


def weights_part(folder: ModelFolder) -> str:
    """The part with a translator's weights: as they were trained, or in int8 if a small copy has no others."""
    return INT8 if folder.has(INT8) and not folder.has(TRANSLATOR) else TRANSLATOR


def load_weights(folder: ModelFolder, part: str, schema: Schema) -> Arrays:
    """Load translator.safetensors or tagger.safetensors. Raises ModelError unless it matches the schema."""
    return from_bytes(folder.read(part), schema, str(folder.path / part), _ANEW)


# Parts to save


def translator_parts(
    description: Description,
    weights: bytes,
    tokenizers: tuple[Tokenizer, Tokenizer],
    statistics: WordStatistics | None,
    languages: LanguageDetector | None,
) -> dict[str, bytes]:
    """A translator as it was trained, with word statistics if it was trained with placeholders."""
    parts = {DESCRIPTION: _json(description), TRANSLATOR: weights}
    if statistics is not None:
        parts[STATISTICS] = statistics.to_bytes()
    if languages is not None:
        parts[LANGUAGES] = languages.to_bytes()
    source, target = tokenizers
    if source is target:
        return parts | {TOKENIZER: source.to_bytes()}
    return parts | {SOURCE_TOKENIZER: source.to_bytes(), TARGET_TOKENIZER: target.to_bytes()}


def int8_parts(arrays: Arrays) -> dict[str, bytes]:
    """The part with a translator's int8 weights."""
    return {INT8: to_bytes(arrays)}


def tagger_parts(description: TaggerDescription, weights: bytes) -> dict[str, bytes]:
    """The parts of a tagger."""
    return {TAGGER_DESCRIPTION: _json(description), TAGGER: weights}


def classifier_parts(description: ClassifierDescription, weights: bytes) -> dict[str, bytes]:
    """The parts of a classifier."""
    return {CLASSIFIER_DESCRIPTION: _json(description), CLASSIFIER: weights}


def language_model_parts(
    description: LanguageModelDescription, weights: bytes, tokenizer: Tokenizer
) -> dict[str, bytes]:
    """The parts of a language model."""
    return {
        LANGUAGE_MODEL_DESCRIPTION: _json(description),
        LANGUAGE_MODEL: weights,
        TOKENIZER: tokenizer.to_bytes(),
    }


def small_parts(folder: ModelFolder, int8: Arrays) -> dict[str, bytes]:
    """The parts that translating and tagging need: the translator in int8 alone, the tagger in half precision."""
    parts = {name: folder.read(name) for name in folder.parts if name not in (TRANSLATOR, INT8)} | int8_parts(int8)
    if TAGGER in parts:
        weights = parse(parts[TAGGER], str(folder.path / TAGGER), _ANEW)
        parts[TAGGER] = to_bytes({name: array.astype(np.float16) for name, array in weights.items()})
    return parts


def _json(description: Mapping[str, Any]) -> bytes:
    return json.dumps(description, indent=1).encode()
