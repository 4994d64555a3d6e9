"""`nmt train-tokenizer`: train the subword model on a prepared folder's training text."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from nmt.config import Config
from nmt.io.files import replacing
from nmt.io.lines import read_file
from nmt.text.languages import check_languages
from nmt.text.tokenizer import PLACEHOLDERS, language_tag, train_subword_model


def train_tokenizer(*, config: Config, data: Path, out: Path, symbols: Sequence[str] = ()) -> list[Path]:
    """Train the subword model on a prepared folder's training text; return the files written.

    A shared model is written to the file out, separate models to the folder out. Each reserves a tag for each language,
    the placeholders, and the given symbols.
    """
    check_languages(config.source, config.target)
    reserved = [*map(language_tag, (config.source, config.target)), *PLACEHOLDERS, *symbols]
    texts = [data / f"train.{language}" for language in (config.source, config.target)]
    if config.tokenizer.shared:
        both = chain.from_iterable(map(read_file, texts))
        models = {out: train_subword_model(both, config.tokenizer, symbols=reserved, name=str(data / "train.*"))}
    else:
        models = {
            out / f"{side}.model": train_subword_model(
                read_file(text), config.tokenizer, symbols=reserved, name=str(text)
            )
            for side, text in zip(("source", "target"), texts, strict=True)
        }
    next(iter(models)).parent.mkdir(parents=True, exist_ok=True)
    with replacing(*models) as streams:
        for stream, model in zip(streams, models.values(), strict=True):
            stream.write(model)
    return list(models)
