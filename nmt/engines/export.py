"""Model folders made ready to be used: the int8 weights added, or a small copy with nothing but what use needs."""

from pathlib import Path

from nmt.engines.int8 import quantize_translator
from nmt.engines.networks import load_network
from nmt.model_folder import store
from nmt.model_folder.arrays import Arrays
from nmt.model_folder.contents import int8_parts, load_tokenizers, read_description, small_parts
from nmt.model_folder.store import ModelFolder


def int8_of(folder: ModelFolder) -> Arrays:
    """The translator of a model folder in int8."""
    source, target = load_tokenizers(folder)
    model = load_network(folder, read_description(folder), source.vocab_size, target.vocab_size, "cpu")
    return quantize_translator(model)


def add_engine(path: Path) -> None:
    """Add the int8 weights to a model folder, or put new ones in the place of old ones."""
    store.update(path, int8_parts(int8_of(store.open_folder(path))))


def save_small(path: Path, out: Path) -> None:
    """Save what translating and tagging need of the model folder at path as the model folder out."""
    folder = store.open_folder(path)
    store.save(out, small_parts(folder, int8_of(folder)))
