"""`nmt remember`: a memory of a user's own translations for a model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nmt.data.cleaning import tidy
from nmt.data.parallel_corpus import read_corpora
from nmt.decoding.memory import TranslationMemory
from nmt.decoding.memory_engine import MemoryEngine
from nmt.decoding.model import EngineName, TranslationModel
from nmt.decoding.remembering import Fit, Pair, remember
from nmt.errors import ConfigError, DataError, ModelError
from nmt.io.files import refuse_overwriting, replacing
from nmt.model_folder.contents import INT8
from nmt.model_folder.store import open_folder
from nmt.protection.training_pairs import PairProtection, protect_pair
from nmt.resources import shipped_model
from nmt.stages.models import load_models
from nmt.stages.paths import corpus_files, model_files
from nmt.text.tokenizer import UNK_ID

LEAST = 10  # pairs


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What became of the pairs."""

    pairs: int
    left_out: int  # empty, too long, or with characters that the model cannot write
    fit: Fit


def make_memory(
    *,
    corpora: Sequence[str],
    output: Path,
    model: Path | None = None,
    source: str = "",
    target: str = "",
    columns: tuple[str, str] | None = None,
    warn: Callable[[str], None] = lambda message: None,
) -> Remembered:
    """Write a memory of the pairs of corpora, for `nmt translate --memory`.

    Raises DataError for fewer than LEAST usable pairs.
    """
    model = model or shipped_model()
    refuse_overwriting([output], [*corpus_files(corpora), *model_files(model)])
    loaded = load_models(model, source=source, target=target, engine="onnx")
    read = [
        (tidy(here), tidy(there))
        for here, there in read_corpora(corpora, source=loaded.source, target=loaded.target, columns=columns)
    ]
    pairs = list(_encoded(loaded, read))
    if len(pairs) < LEAST:
        raise DataError(
            f"{', '.join(corpora)}: {len(pairs)} of {len(read)} pairs can be remembered, where at least {LEAST} are "
            "needed; give more pairs, or fix single words by nmt translate --glossary"
        )
    memory, fit = remember(
        loaded.engine,
        pairs,
        decoder_start_id=loaded.decoder_start_id,
        model=_weights(model),
        direction=(loaded.source, loaded.target),
    )
    if fit.after >= fit.before:
        warn("the memory foresees pairs that were left out no better than the model alone; it may not help")
    with replacing(output) as [file]:
        file.write(memory.to_bytes())
    return Remembered(pairs=len(pairs), left_out=len(read) - len(pairs), fit=fit)


def with_memory(
    model: TranslationModel, path: Path, folders: Sequence[Path], device: str, engine: EngineName
) -> TranslationModel:
    """A model in one direction beside a memory. Raises ModelError if that is of another model or direction."""
    memory = TranslationMemory.load(path)
    if len(folders) > 1:
        raise ConfigError("--memory: is of one model; leave out the other --model")
    if engine == "torch" or device != "cpu":
        raise ConfigError("--memory needs the engine onnx; leave out --engine and --device")
    if memory.model != _weights(folders[0]):
        raise ModelError(f"{path}: is a memory of another model than {folders[0]}; make one by nmt remember")
    if memory.direction != (model.source, model.target):
        raise ModelError(
            f"{path}: is a memory from {memory.direction[0]} to {memory.direction[1]}; translate in this direction, or "
            "make another"
        )
    remembering: Any = MemoryEngine(model.engine, memory)
    return replace(model, engine=remembering)


def memory_languages(path: Path, source: str, target: str) -> tuple[str, str]:
    """The languages to translate between: those that were asked for, else those of a memory."""
    own = TranslationMemory.load(path).direction
    return source or own[0], target or own[1]


def _weights(model: Path) -> str:
    """The sha256 of the weights that translate."""
    folder = open_folder(model)
    if not folder.has(INT8):
        raise ModelError(f"{model}: has no engine; add it by nmt export --model {model}")
    return folder.part(INT8).sha256


def _encoded(model: TranslationModel, pairs: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    """Pairs as the model reads and writes them, with placeholders for what would have them in use."""
    symbols = [symbol for symbol in model.placeholders if symbol in model.target_tokenizer.placeholders]
    for number, pair in enumerate(pairs):
        if not all(pair):
            continue
        if model.statistics is not None:
            protection = PairProtection(
                statistics=model.statistics, languages=(model.source, model.target), symbols=symbols
            )
            pair = protect_pair(pair, number, protection)
        here, there = model.source_tokenizer.encode(pair[0]), model.target_tokenizer.encode(pair[1])
        if UNK_ID not in there and 0 < len(here) <= model.max_source_length and 0 < len(there) <= 2 * len(here) + 10:
            yield here, there
