"""One function per stage: the whole dataflow on one screen. Each imports what it needs, so that commands start fast."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nmt.errors import ConfigError, DataError

if TYPE_CHECKING:
    from nmt.config import Config
    from nmt.decoding.translate import Translation
    from nmt.text.tokenizer import Tokenizer
    from nmt.training.run import Progress

LONGEST_LINE = 1 << 24  # bytes; what comes after is left out, with a warning


def configure(path: Path | None, overrides: Sequence[str], source: str, target: str) -> "Config":
    """The configuration of a file, with overrides and languages from the command line."""
    from nmt.config import load_config

    config = load_config(path, overrides)
    return replace(config, source=source or config.source, target=target or config.target)


def train_tokenizer(*, config: "Config", data: Path, out: Path, symbols: Sequence[str] = ()) -> list[Path]:
    """Train the subword model on a prepared folder's training text; return the files written.

    One model for both languages goes into the file out, two go into the folder out. Reserved are a tag for each of the
    languages, the placeholders, and symbols.
    """
    from nmt.text.files import replacing
    from nmt.text.lines import read_file
    from nmt.text.tokenizer import PLACEHOLDERS, language_tag
    from nmt.text.tokenizer import train_tokenizer as train_on

    _check_languages(config)
    reserved = [*map(language_tag, (config.source, config.target)), *PLACEHOLDERS, *symbols]
    texts = [data / f"train.{language}" for language in (config.source, config.target)]
    if config.tokenizer.shared:
        both = chain.from_iterable(map(read_file, texts))
        models = {out: train_on(both, config.tokenizer, symbols=reserved, name=str(data / "train.*"))}
    else:
        models = {
            out / f"{side}.model": train_on(read_file(text), config.tokenizer, symbols=reserved, name=str(text))
            for side, text in zip(("source", "target"), texts, strict=True)
        }
    next(iter(models)).parent.mkdir(parents=True, exist_ok=True)
    with replacing(*models) as streams:
        for stream, model in zip(streams, models.values(), strict=True):
            stream.write(model)
    return list(models)


def tokenize(*, tokenizer: Path, as_ids: bool = False, decode: bool = False, target_side: bool = False) -> None:
    """Turn stdin's lines into subwords on stdout, or subwords into lines of text, one line for each."""
    from nmt import model_folder
    from nmt.decoding.model import load_tokenizers
    from nmt.text.lines import clean_output, read_lines, write_line

    if model_folder.exists(tokenizer):
        tokenizers = load_tokenizers(model_folder.open_folder(tokenizer))
    else:
        tokenizers = _read_tokenizers(tokenizer)
    subwords = tokenizers[target_side]
    for number, line in enumerate(read_lines(sys.stdin.buffer, "stdin"), start=1):
        if not decode:
            text = " ".join(map(str, subwords.encode(line)) if as_ids else subwords.pieces(line))
        elif not as_ids:
            text = subwords.join([piece for piece in line.split(" ") if piece])
        else:
            try:
                text = subwords.decode([int(field) for field in line.split()])
            except (ValueError, IndexError):
                size = subwords.vocab_size
                raise DataError(f"stdin:{number}: not a line of ids; give numbers below {size}") from None
        write_line(sys.stdout.buffer, clean_output(text, line))
        sys.stdout.buffer.flush()


def train(
    *,
    config: "Config",
    data: Path,
    tokenizer: Path,
    out: Path,
    device: str = "cpu",
    report: Callable[["Progress"], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Train a translator on a prepared folder into a run folder, or go on where such a training was stopped.

    Raises ConfigError if the run was begun with another configuration, tokenizer or data.
    """
    from nmt import model_folder
    from nmt.text.batch import tokenize_corpus
    from nmt.text.lines import read_parallel
    from nmt.training.run import Job, train_run

    _check_languages(config)
    source_tokenizer, target_tokenizer = _read_tokenizers(tokenizer)
    with model_folder.lock(out):
        corpus = tokenize_corpus(
            data / f"train.{config.source}",
            data / f"train.{config.target}",
            source_tokenizer,
            target_tokenizer,
            cache=data / ".tokenized",
            max_length=config.training.max_length,
        )
        job = Job(
            source=config.source,
            target=config.target,
            source_tokenizer=source_tokenizer,
            target_tokenizer=target_tokenizer,
            model=config.model,
            training=config.training,
            search=config.search,
            corpus=corpus,
            valid=list(read_parallel(data / f"valid.{config.source}", data / f"valid.{config.target}")),
        )
        train_run(job, out, device, report, stop)


def translate(
    *,
    model: Path,
    source: Path | None = None,
    target: Path | None = None,
    search: Mapping[str, Any] | None = None,
    as_json: bool = False,
    device: str = "cpu",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Translate a file or stdin into a file or stdout, in bounded memory; search overrides the model's own settings."""
    from nmt.decoding.model import load_model
    from nmt.decoding.stream import windows
    from nmt.decoding.translate import translate as translate_windows
    from nmt.text.files import open_bytes, replacing
    from nmt.text.lines import read_lines, write_line

    loaded = load_model(model, device)
    config = replace(loaded.search, **(search or {}))
    with ExitStack() as stack:
        stream = sys.stdin.buffer if source is None else stack.enter_context(open_bytes(source))
        out = sys.stdout.buffer if target is None else stack.enter_context(replacing(target))[0]
        name = "stdin" if source is None else str(source)
        lines = read_lines(stream, name, strict=False, warn=warn, max_bytes=LONGEST_LINE)
        for window in windows(lines):
            for translation in translate_windows(loaded, [window], config):
                for line in _render(translation, as_json):
                    write_line(out, line)
            out.flush()


def translate_lines(
    model: Path, lines: Iterable[str], *, search: Mapping[str, Any] | None = None, device: str = "cpu"
) -> Iterator[str]:
    """Translate lines: one out for each in."""
    from nmt.decoding.model import load_model
    from nmt.decoding.stream import windows
    from nmt.decoding.translate import translate as translate_windows

    loaded = load_model(model, device)
    config = replace(loaded.search, **(search or {}))
    return (translation.text for translation in translate_windows(loaded, windows(lines), config))


def _render(translation: "Translation", as_json: bool) -> list[str]:
    if not as_json:
        return [alternative.text for alternative in translation.alternatives]
    fields = {"source": translation.source, "translations": [vars(item) for item in translation.alternatives]}
    return [json.dumps(fields, ensure_ascii=False)]


def _check_languages(config: "Config") -> None:
    from nmt.text.languages import check_languages

    if not (config.source and config.target):
        raise ConfigError(
            "source and target language are not given; set them in the configuration or by --source, --target"
        )
    check_languages(config.source, config.target)


def _read_tokenizers(path: Path) -> tuple["Tokenizer", "Tokenizer"]:
    """The tokenizers that a file (one for both sides) or a folder (source.model, target.model) holds."""
    from nmt.text.tokenizer import Tokenizer

    try:
        if not path.is_dir():
            shared = Tokenizer.from_bytes(path.read_bytes())
            return shared, shared
        source, target = ((path / f"{side}.model").read_bytes() for side in ("source", "target"))
    except OSError as error:
        raise DataError(
            f"{error.filename}: no tokenizer there ({error.strerror}); make one with nmt train-tokenizer"
        ) from error
    return Tokenizer.from_bytes(source), Tokenizer.from_bytes(target)
