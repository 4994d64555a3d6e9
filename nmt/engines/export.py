"""Model folders made ready to be used: the int8 engine added, or a small copy with nothing but what use needs."""

from pathlib import Path

import torch

from nmt.engines.int8 import PART, to_bytes
from nmt.engines.int8_translator import quantize_translator
from nmt.engines.networks import TRANSLATOR, load_translator
from nmt.errors import ModelError
from nmt.model_folder import store
from nmt.model_folder.contents import load_tokenizers, read_description
from nmt.model_folder.store import ModelFolder
from nmt.model_folder.tensors import parse
from nmt.model_folder.tensors import to_bytes as tensors_to_bytes

TAGGER = "tagger.safetensors"


def engine_of(folder: ModelFolder) -> bytes:
    """The content of engine.safetensors for the translator of a model folder."""
    source, target = load_tokenizers(folder)
    about = read_description(folder)
    try:
        return to_bytes(
            quantize_translator(load_translator(folder, about, source.vocab_size, target.vocab_size, "cpu"))
        )
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"{folder.path}: config.json does not describe a translator ({error}); train the model again"
        ) from error


def add_engine(path: Path) -> None:
    """Add the engine to a model folder, or put a new one in the place of an old one."""
    store.update(path, {PART: engine_of(store.open_folder(path))})


def save_small(path: Path, out: Path) -> None:
    """Save what translating and tagging need of the model folder at path as the model folder out.

    The translator is there as the engine alone, a tagger in half precision.
    """
    folder = store.open_folder(path)
    parts = {name: folder.read(name) for name in folder.parts if name not in (TRANSLATOR, PART, TAGGER)}
    parts[PART] = engine_of(folder)
    if folder.has(TAGGER):
        tensors = parse(folder.read(TAGGER), str(path / TAGGER))
        parts[TAGGER] = tensors_to_bytes({name: tensor.to(torch.float16) for name, tensor in tensors.items()})
    store.save(out, parts)
