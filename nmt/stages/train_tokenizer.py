"""`nmt train-tokenizer`: train the subword model on a prepared folder's training text."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from nmt.config import Config
from nmt.errors import ConfigError, ModelError
from nmt.io.files import refuse_overwriting, replacing
from nmt.io.lines import read_file
from nmt.stages.paths import model_files, pair_files, prepared_files
from nmt.text.languages import check_languages
from nmt.text.tokenizer import PLACEHOLDERS, language_tag, read_tokenizers, train_subword_model


def train_tokenizer(*, config: Config, data: Path, out: Path, symbols: Sequence[str] = ()) -> list[Path]:
    """Train the subword model on a prepared folder's training text; return the files written.

    A shared model is written to the file out, separate models to the folder out. Each reserves a tag for each language,
    the placeholders, and the given symbols.
    """
    check_languages(config.source, config.target)
    texts = pair_files(data, "train", config.source, config.target)
    outputs = [out] if config.tokenizer.shared else [out / "source.model", out / "target.model"]
    refuse_overwriting(outputs, prepared_files(data))
    for path in outputs:
        _check_replaceable(path)
    reserved = [*map(language_tag, (config.source, config.target)), *PLACEHOLDERS, *symbols]
    if config.tokenizer.shared:
        both = chain.from_iterable(map(read_file, texts))
        models = [train_subword_model(both, config.tokenizer, symbols=reserved, name=str(data / "train.*"))]
    else:
        models = [
            train_subword_model(read_file(text), config.tokenizer, symbols=reserved, name=str(text)) for text in texts
        ]
    outputs[0].parent.mkdir(parents=True, exist_ok=True)
    with replacing(*outputs) as streams:
        for stream, model in zip(streams, models, strict=True):
            stream.write(model)
    return outputs


def _check_replaceable(path: Path) -> None:
    """Raise ConfigError for a file with content that is no tokenizer, or that of a model: it was hardly meant."""
    if path in model_files(path.parent):
        raise ConfigError(f"{path}: is a part of the model {path.parent}; choose another name")
    if path.is_file() and path.stat().st_size:
        try:
            read_tokenizers(path)
        except ModelError:
            raise ConfigError(
                f"{path}: is there already and is no tokenizer; choose another name, or remove it"
            ) from None
