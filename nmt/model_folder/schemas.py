"""The schemas of the weights in a model folder: names, types and shapes of all arrays, given descriptions.

Shapes: V vocabulary, E embedding, H hidden, G gates of a cell, K inputs and N outputs of a product.
"""

from collections.abc import Mapping
from typing import Any

from nmt.errors import ModelError
from nmt.model_folder.arrays import Schema
from nmt.model_folder.descriptions import ClassifierDescription, LanguageModelDescription, TaggerDescription

GATES = {"gru": 3, "lstm": 4, "rnn": 1, "ssru": 2}  # G
ELEMENTWISE = {"ssru"}  # cells that multiply their input with a matrix, but not their state


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
    read = config["hidden_size"] + size
    schema = _linear("emit", hidden, tags)
    if own["recurrent"]:
        schema |= _both_ways("sentence", config["cell"], read, hidden // 2)
    else:
        schema |= _linear("hidden", read, hidden)
    if own["crf"]:
        schema["crf.learnt"] = ("float32", (tags + 1, tags))
    if size:
        schema["character_embedding.weight"] = ("float32", (1 + len(description["alphabet"]), size // 2))
        schema |= _both_ways("spelling", config["cell"], size // 2, size // 2)
    return schema


def _both_ways(name: str, cell: str, inputs: int, hidden: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Of a recurrent layer of so many units in each direction."""
    there, back = (_layer(f"{name}.{direction}", cell, inputs, hidden) for direction in ("forwards", "backwards"))
    return there | back


def _layer(name: str, cell: str, inputs: int, hidden: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Of a recurrent layer as it is trained."""
    schema: dict[str, tuple[str, tuple[int, ...]]] = {}
    sizes = {"ih": inputs} if cell in ELEMENTWISE else {"ih": inputs, "hh": hidden}
    for kind, size in sizes.items():
        schema[f"{name}.layer.weight_{kind}_l0"] = ("float32", (GATES[cell] * hidden, size))
        schema[f"{name}.layer.bias_{kind}_l0"] = ("float32", (GATES[cell] * hidden,))
    return schema


def classifier_schema(description: ClassifierDescription, config: Mapping[str, Any]) -> Schema:
    """What classifier.safetensors holds for a classifier on the encoder of a translator of this configuration."""
    hidden = description["classifier"]["hidden_size"]
    read = 2 * config["hidden_size"]  # the mean and the greatest of the states
    return _linear("hidden", read, hidden) | _linear("emit", hidden, len(description["labels"]))


def language_model_schema(description: LanguageModelDescription, vocab_size: int) -> Schema:
    """What language-model.safetensors holds."""
    config = description["language_model"]
    embedding, hidden = config["embedding_size"], config["hidden_size"]
    schema: dict[str, tuple[str, tuple[int, ...]]] = {"target_embedding.weight": ("float32", (vocab_size, embedding))}
    for layer in range(config["layers"]):
        name = f"stack.layers.{layer}"
        schema |= _layer(f"{name}.recurrent", config["cell"], hidden if layer else embedding, hidden)
        schema |= _norm(f"{name}.norm", hidden)
    return schema | _linear("to_embedding", hidden, embedding) | {"output_bias": ("float32", (vocab_size,))}


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {f"{name}.weight": ("float32", (outputs, inputs)), f"{name}.bias": ("float32", (outputs,))}
