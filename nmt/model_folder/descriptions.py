"""The descriptions in a model folder: JSON objects that say what a translator, a tagger and so on are made of."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypedDict, TypeVar, cast, get_args, get_origin, get_type_hints

from nmt.errors import ModelError
from nmt.model_folder.parts import CLASSIFIER_DESCRIPTION, DESCRIPTION, LANGUAGE_MODEL_DESCRIPTION, TAGGER_DESCRIPTION
from nmt.model_folder.store import ModelFolder
from nmt.text.config import Directions

_DESCRIBED = {
    TAGGER_DESCRIPTION: ("a tagger", "the tagger"),
    CLASSIFIER_DESCRIPTION: ("a classifier", "the classifier"),
    LANGUAGE_MODEL_DESCRIPTION: ("a language model", "the language model"),
}


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


def read_description(folder: ModelFolder) -> Description:
    """Read config.json. Raises ModelError if it does not describe a translator."""
    content = read_object(folder, DESCRIPTION, "train the model again")
    content = {"directions": "one", "order": {}} | content  # which older folders do not say
    return _checked(content, Description, folder, DESCRIPTION)


def read_tagger_description(folder: ModelFolder) -> TaggerDescription:
    """Read tagger.json. Raises ModelError if it does not describe a tagger."""
    content = read_object(folder, TAGGER_DESCRIPTION, "train the tagger again")
    description = _checked(content, TaggerDescription, folder, TAGGER_DESCRIPTION)
    description["tagger"] = {"recurrent": False} | description["tagger"]  # which older folders do not say
    return description


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
