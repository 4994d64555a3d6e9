"""Model folders made ready to be used: the int8 weights added, or a small copy with nothing but what use needs."""

from pathlib import Path

from nmt.engines.int8 import WEIGHT_LEVELS, quantize_weights
from nmt.engines.networks import load_network, weights_of
from nmt.model_folder import store
from nmt.model_folder.arrays import Arrays
from nmt.model_folder.contents import OpenedModel, int8_parts, open_model, small_parts


def int8_of(model: OpenedModel, levels: int = WEIGHT_LEVELS) -> Arrays:
    """A translator in int8."""
    return quantize_weights(weights_of(load_network(model, "cpu")), levels)


def add_engine(path: Path) -> None:
    """Add the int8 weights to a model folder, or put new ones in the place of old ones."""
    store.update(path, int8_parts(int8_of(open_model(path))))


def save_small(path: Path, out: Path) -> None:
    """Save what translating and tagging need of the model folder at path as the model folder out."""
    model = open_model(path)
    store.save(out, small_parts(model.folder, int8_of(model)))
