"""Models beside a memory of translations."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from nmt.decoding.memory import TranslationMemory
from nmt.decoding.memory_engine import MemoryEngine
from nmt.decoding.model import EngineName, Recalled, TranslationModel
from nmt.errors import ConfigError, ModelError
from nmt.model_folder.parts import INT8
from nmt.model_folder.store import open_folder
from nmt.stages.models import Models, load_models, model_paths

RECALLED = 3  # pairs that are told for a sentence


def load_with_memory(
    models: Models, path: Path, *, source: str, target: str, device: str, engine: EngineName
) -> TranslationModel:
    """Open a model folder beside a memory, between these languages, "" standing for those of the memory.

    Raises ModelError if the memory is of another model or direction, ConfigError for what has no memory.
    """
    folders: Sequence[Path] = model_paths(models)
    memory = TranslationMemory.load(path)
    here, there = memory.direction
    if (source or here, target or there) != memory.direction:
        raise ModelError(f"{path}: is a memory from {here} to {there}; translate in this direction, or make another")
    model = load_models(models, source=here, target=there, device=device, engine=engine)
    if len(folders) > 1:
        raise ConfigError("--memory: is of one model; leave out the other --model")
    if engine == "torch" or device != "cpu":
        raise ConfigError("--memory needs the engine onnx; leave out --engine and --device")
    if memory.model != weights_of(folders[0]):
        raise ModelError(f"{path}: is a memory of another model than {folders[0]}; make one by nmt remember")
    remembering: Any = MemoryEngine(model.engine, memory)
    return replace(model, engine=remembering, recall=partial(_recall, model, memory))


def _recall(model: TranslationModel, memory: TranslationMemory, source: Sequence[int]) -> list[Recalled]:
    """The few pairs that are most like a source. What placeholders stood for in them is not remembered."""
    tokenizers = model.source_tokenizer, model.target_tokenizer
    found = []
    for number, similarity in memory.alike(source)[:RECALLED]:
        here, there = (tokenizer.decode(ids) for tokenizer, ids in zip(tokenizers, memory.pair(number), strict=True))
        found.append(Recalled(here, there, round(similarity, 3)))
    return found


def weights_of(model: Path) -> str:
    """The sha256 of the weights that translate."""
    folder = open_folder(model)
    if not folder.has(INT8):
        raise ModelError(f"{model}: has no engine; add it by nmt export --model {model}")
    return folder.part(INT8).sha256
