"""The contents of a model folder: the name and schema of every part, and how it is saved and loaded.

A translator consists of a description, tokenizers and weights: as trained, in int8 for the CPU, or both. A tagger and
a classifier in the same folder read the translator's encoder, and have descriptions and weights of their own. A model
of one language has a folder to itself, with a tokenizer. Checkpoints, which are folders inside this one, are defined in
nmt/training/checkpoint.py.

Shapes: V vocabulary, E embedding, H hidden, G gates of a cell.
"""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np

from nmt.errors import ModelError
from nmt.model_folder.arrays import Arrays, Schema, from_bytes, parse, to_bytes
from nmt.model_folder.store import ModelFolder, open_folder
from nmt.protection.word_statistics import WordStatistics
from nmt.text.config import Directions
from nmt.text.language_detector import LanguageDetector
from nmt.text.tokenizer import Tokenizer

DESCRIPTION = "config.json"
TOKENIZER = "tokenizer.model"  # for both languages, or one for each language:
SOURCE_TOKENIZER, TARGET_TOKENIZER = "source.model", "target.model"
STATISTICS = "statistics.bin"  # how the training pairs treat each word, where there are placeholders
LANGUAGES = "languages.bin"  # what tells the languages of a model of both directions apart; older ones lack it
KNOWN_WORDS = "words.txt"  # in older folders instead: the words that placeholders do not stand for
TRANSLATOR = "translator.safetensors"  # the parameters of a TranslationNetwork, by their names there
INT8 = "engine.safetensors"  # the same in int8, see int8_schema; a small copy has no other weights
TAGGER_DESCRIPTION = "tagger.json"
TAGGER = "tagger.safetensors"  # see tagger_schema; in float16 in a small copy
CLASSIFIER_DESCRIPTION = "classifier.json"
CLASSIFIER = "classifier.safetensors"  # see classifier_schema
LANGUAGE_MODEL_DESCRIPTION = "language-model.json"  # of a folder of its own
LANGUAGE_MODEL = "language-model.safetensors"  # see language_model_schema
HEAD_PARTS = (TAGGER_DESCRIPTION, TAGGER, CLASSIFIER_DESCRIPTION, CLASSIFIER)  # of heads on the translator's encoder

GATES = {"gru": 3, "lstm": 4, "rnn": 1, "ssru": 2}  # G
ELEMENTWISE = {"ssru"}  # cells that multiply their input with a matrix, but not their state

_DESCRIBED = {
    TAGGER_DESCRIPTION: ("a tagger", "the tagger"),
    CLASSIFIER_DESCRIPTION: ("a classifier", "the classifier"),
    LANGUAGE_MODEL_DESCRIPTION: ("a language model", "the language model"),
}
_ANEW = "fetch or train the model again"
_EXPORT = "make it again with nmt export"


class Description(TypedDict):
    """config.json: the description of a translator."""

    source: str  # language codes
    target: str
    directions: Directions  # "one" in older folders, which lack it
    model: dict[str, Any]  # nmt.models.translator.ModelConfig
    search: dict[str, Any]  # nmt.decoding.config.DecodingConfig, the model's own
    usual_length: int  # source subwords: longer lines are cut into sentences
    greatest_length: int  # source subwords: longer sentences are cut into parts
    order: dict[str, float]  # shares of neighbouring items that keep their order in training; {} where none was counted
    training: dict[str, Any]  # how it was trained, for information


class TaggerDescription(TypedDict):
    """tagger.json: the description of a tagger."""

    tagger: dict[str, Any]  # nmt.models.tagger.TaggerConfig
    types: list[str]  # of names
    alphabet: str  # the characters that it knows
    labels: dict[str, str]  # types in the training corpora, mapped to its own
    training: dict[str, Any]


class ClassifierDescription(TypedDict):
    """classifier.json: the description of a classifier."""

    classifier: dict[str, Any]  # nmt.models.config.ClassifierConfig
    labels: list[str]
    temperature: float  # what scores are divided by, so that probabilities are as often right as they say
    training: dict[str, Any]


class LanguageModelDescription(TypedDict):
    """language-model.json: the description of a language model."""

    language_model: dict[str, Any]  # nmt.models.config.LanguageModelConfig
    stream: bool  # whether it was trained on running text, and not on each line by itself
    training: dict[str, Any]


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


# Descriptions


def read_description(folder: ModelFolder) -> Description:
    """Read config.json. Raises ModelError if it does not describe a translator."""
    content = read_object(folder, DESCRIPTION, "train the model again")
    content = {"directions": "one", "order": {}} | content  # which older folders do not say
    return _checked(content, Description, folder, DESCRIPTION)


def read_tagger_description(folder: ModelFolder) -> TaggerDescription:
    """Read tagger.json. Raises ModelError if it does not describe a tagger."""
    content = read_object(folder, TAGGER_DESCRIPTION, "train the tagger again")
    return _checked(content, TaggerDescription, folder, TAGGER_DESCRIPTION)


def read_classifier_description(folder: ModelFolder) -> ClassifierDescription:
    """Read classifier.json. Raises ModelError if it does not describe a classifier."""
    content = read_object(folder, CLASSIFIER_DESCRIPTION, "train the classifier again")
    description = _checked(content, ClassifierDescription, folder, CLASSIFIER_DESCRIPTION)
    with described_in(folder, CLASSIFIER_DESCRIPTION):
        if not 0 < description["temperature"] < math.inf:
            raise TypeError(f"temperature is {description['temperature']}")
    return description


def read_language_model_description(folder: ModelFolder) -> LanguageModelDescription:
    """Read language-model.json. Raises ModelError if it does not describe a language model."""
    content = read_object(folder, LANGUAGE_MODEL_DESCRIPTION, "train the language model again")
    return _checked(content, LanguageModelDescription, folder, LANGUAGE_MODEL_DESCRIPTION)


@contextmanager
def described_in(folder: ModelFolder, part: str) -> Iterator[None]:
    """Turn missing and unknown entries of a description into a ModelError."""
    try:
        yield
    except (KeyError, TypeError) as error:
        what, again = _DESCRIBED.get(part, ("a translator", "the model"))
        raise ModelError(f"{folder.path}: {part} does not describe {what} ({error}); train {again} again") from error


def read_object(folder: ModelFolder, name: str, remedy: str) -> dict[str, Any]:
    """Read the JSON object in a part. Raises ModelError, with the remedy, if there is none."""
    try:
        content = json.loads(folder.read(name))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{folder.path}: {name} is not valid JSON ({error}); {remedy}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{folder.path}: {name} is not a JSON object; {remedy}")
    return content


Form = TypeVar("Form")


def _checked(content: dict[str, Any], form: type[Form], folder: ModelFolder, part: str) -> Form:
    """The content as form. Raises ModelError unless it has the keys and types of form."""
    with described_in(folder, part):
        for key, hint in get_type_hints(form).items():
            kind = get_origin(hint) or hint
            fits = content[key] in get_args(hint) if kind is Literal else isinstance(content[key], kind)
            if not fits:
                raise TypeError(f"{key} is {str(content[key])[:40]!a}")
    return cast(Form, content)


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


def int8_schema(config: Mapping[str, Any], source_size: int, target_size: int, shared: bool) -> Schema:
    """The schema of engine.safetensors for a translator of this configuration.

    A matrix is int8 [K, N] with a scale [N] and a bias [N]: an output is the exact integer product, times the scale of
    its column and the scale of its row of activations, plus the bias. An embedding is int8 [V, E] with a scale [V].
    """
    embedding, hidden, gates = config["embedding_size"], config["hidden_size"], GATES[config["cell"]]
    if hidden % (2 * config["attention_heads"]):
        raise ModelError("config.json has a hidden_size that is not a multiple of two times attention_heads")
    schema = _table("target_embedding", target_size, embedding)
    if not shared:
        schema |= _table("source_embedding", source_size, embedding)
    for layer in range(config["encoder_layers"]):
        for direction in ("forwards", "backwards"):
            name = f"encoder.{layer}.{direction}"
            schema |= _matrix(f"{name}.input", hidden if layer else embedding, gates * hidden // 2)
            schema |= _recurrent(name, config, hidden // 2)
        schema |= _norm(f"encoder.{layer}.norm", hidden)
    for layer in range(config["decoder_layers"]):
        name = f"decoder.{layer}"
        schema |= _matrix(f"{name}.input", hidden if layer else embedding, gates * hidden)
        schema |= _recurrent(name, config, hidden)
        schema |= _matrix(f"{name}.start", hidden, hidden * (2 if config["cell"] == "lstm" else 1))
        for product in ("query", "key", "value", "out"):
            schema |= _matrix(f"{name}.{product}", hidden, hidden)
        schema |= _norm(f"{name}.norm", hidden)
    return schema | _matrix("to_embedding", hidden, embedding) | {"output_bias": ("float32", (target_size,))}


def _table(name: str, rows: int, columns: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {f"{name}.weight": ("int8", (rows, columns)), f"{name}.scale": ("float32", (rows,))}


def _matrix(name: str, rows: int, columns: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    of_columns = {f"{name}.{part}": ("float32", (columns,)) for part in ("scale", "bias")}
    return {f"{name}.weight": ("int8", (rows, columns)), **of_columns}


def _recurrent(name: str, config: Mapping[str, Any], size: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    cell = config["cell"]
    return {} if cell in ELEMENTWISE else _matrix(f"{name}.recurrent", size, GATES[cell] * size)


def _norm(name: str, size: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {f"{name}.{part}": ("float32", (size,)) for part in ("weight", "bias")}


def tagger_schema(description: TaggerDescription, config: Mapping[str, Any]) -> Schema:
    """What tagger.safetensors holds for a tagger that reads the encoder of a translator of this configuration."""
    own, tags = description["tagger"], 1 + 2 * len(description["types"])
    hidden, size = own["hidden_size"], own["characters"]
    schema = _linear("hidden", config["hidden_size"] + size, hidden) | _linear("emit", hidden, tags)
    if own["crf"]:
        schema["crf.learnt"] = ("float32", (tags + 1, tags))
    if size:
        schema["character_embedding.weight"] = ("float32", (1 + len(description["alphabet"]), size // 2))
        for direction in ("forwards", "backwards"):
            for kind in ("ih",) if config["cell"] in ELEMENTWISE else ("ih", "hh"):
                gates = GATES[config["cell"]] * size // 2
                schema[f"spelling.{direction}.layer.weight_{kind}_l0"] = ("float32", (gates, size // 2))
                schema[f"spelling.{direction}.layer.bias_{kind}_l0"] = ("float32", (gates,))
    return schema


def classifier_schema(description: ClassifierDescription, config: Mapping[str, Any]) -> Schema:
    """What classifier.safetensors holds for a classifier on the encoder of a translator of this configuration."""
    hidden = description["classifier"]["hidden_size"]
    read = 2 * config["hidden_size"]  # the mean and the greatest of the states
    return _linear("hidden", read, hidden) | _linear("emit", hidden, len(description["labels"]))


def language_model_schema(description: LanguageModelDescription, vocab_size: int) -> Schema:
    """What language-model.safetensors holds."""
    config = description["language_model"]
    embedding, hidden, gates = config["embedding_size"], config["hidden_size"], GATES[config["cell"]]
    schema: dict[str, tuple[str, tuple[int, ...]]] = {"target_embedding.weight": ("float32", (vocab_size, embedding))}
    for layer in range(config["layers"]):
        name = f"stack.layers.{layer}"
        for kind in ("ih",) if config["cell"] in ELEMENTWISE else ("ih", "hh"):
            inputs = hidden if layer or kind == "hh" else embedding
            schema[f"{name}.recurrent.layer.weight_{kind}_l0"] = ("float32", (gates * hidden, inputs))
            schema[f"{name}.recurrent.layer.bias_{kind}_l0"] = ("float32", (gates * hidden,))
        schema |= _norm(f"{name}.norm", hidden)
    return schema | _linear("to_embedding", hidden, embedding) | {"output_bias": ("float32", (vocab_size,))}


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {f"{name}.weight": ("float32", (outputs, inputs)), f"{name}.bias": ("float32", (outputs,))}


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
