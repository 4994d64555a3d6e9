"""Model folders made ready to be used: the int8 weights added, or a small copy with nothing but what use needs."""

from collections.abc import Sequence
from pathlib import Path

from nmt.engines.int8 import WEIGHT_LEVELS, quantize_weights
from nmt.engines.networks import load_network, weights_of
from nmt.errors import ConfigError, ModelError
from nmt.model_folder import store
from nmt.model_folder.arrays import Arrays
from nmt.model_folder.contents import OpenedModel, int8_parts, open_model, small_parts
from nmt.model_folder.parts import CLASSIFIER, TAGGER


def int8_of(*models: OpenedModel, levels: int = WEIGHT_LEVELS) -> Arrays:
    """A translator in int8; of several, the mean of their weights (Wortsman et al., 2022, "Model soups").

    Raises ModelError for networks of other shapes, subwords or directions than the first one's.
    """
    first, *others = [weights_of(load_network(model, "cpu")) for model in models]
    for model, weights in zip(models[1:], others, strict=True):
        if _kind(model, weights) != _kind(models[0], first):
            raise ModelError(
                f"{model.folder.path}: is another network than {models[0].folder.path}, or has other subwords or "
                "directions; a mean is of models that began with the same weights"
            )
    mean = {name: sum((other[name] for other in others), weight) / len(models) for name, weight in first.items()}
    return quantize_weights(mean, levels)


def add_engine(path: Path) -> None:
    """Add the int8 weights to a model folder, or put new ones in the place of old ones."""
    store.update(path, int8_parts(int8_of(open_model(path))))


def save_small(paths: Sequence[Path], out: Path) -> None:
    """Save what translating and tagging need of the model folder at the first path as the model folder out.

    Of several, the weights are the mean of all. A head on the first one's encoder would then read other weights:
    ConfigError.
    """
    models = [open_model(path) for path in paths]
    folder = models[0].folder
    if len(models) > 1 and (folder.has(TAGGER) or folder.has(CLASSIFIER)):
        raise ConfigError(
            f"{paths[0]}: has a tagger or a classifier, which would read other weights; name another model first, and "
            "train it on the mean"
        )
    store.save(out, small_parts(folder, int8_of(*models)))


def _kind(model: OpenedModel, weights: Arrays) -> tuple[object, ...]:
    """What models whose mean makes sense have in common."""
    tokenizers = [tokenizer.to_bytes() for tokenizer in (model.source_tokenizer, model.target_tokenizer)]
    languages = [model.description[key] for key in ("source", "target", "directions")]
    return {name: array.shape for name, array in weights.items()}, tokenizers, languages
