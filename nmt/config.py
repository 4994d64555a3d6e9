"""The configuration of all stages, composed of the dataclasses that each package defines; read and written as TOML."""

import difflib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, cast, get_args, get_origin

from nmt.data.cleaning import CleaningConfig
from nmt.data.config import CorpusConfig
from nmt.decoding.config import DecodingConfig
from nmt.errors import ConfigError
from nmt.io.lines import utf_16_or_32
from nmt.models.config import ClassifierConfig, LanguageModelConfig, ModelConfig, TaggerConfig
from nmt.protection.config import ProtectionConfig
from nmt.resources import recipes
from nmt.settings import checked, limit_of, setting
from nmt.text.config import Directions, TokenizerConfig
from nmt.training.config import ClassificationConfig, LanguageModellingConfig, TaggingConfig, TrainingConfig

_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text", Mapping: "a table"}


@dataclass(frozen=True, kw_only=True)
@checked("")
class Config:
    """All settings. Each field except the first three is a section of the file, or a sequence of sections."""

    source: str = setting("", "code of the source language, such as de")
    target: str = setting("", "code of the target language")
    directions: Directions = setting("one", "both: one model for both directions; needs a shared tokenizer")
    corpora: tuple[CorpusConfig, ...] = setting((), "what nmt prepare reads, and how nmt train mixes it")
    cleaning: CleaningConfig = field(default_factory=CleaningConfig)
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    search: DecodingConfig = field(default_factory=DecodingConfig)
    protection: ProtectionConfig = field(default_factory=ProtectionConfig)
    tagger: TaggerConfig = field(default_factory=TaggerConfig)
    tagging: TaggingConfig = field(default_factory=TaggingConfig)
    classifier: ClassifierConfig = field(default_factory=ClassifierConfig)
    classification: ClassificationConfig = field(default_factory=ClassificationConfig)
    language_model: LanguageModelConfig = field(default_factory=LanguageModelConfig)
    language_modelling: LanguageModellingConfig = field(default_factory=LanguageModellingConfig)
    labels: Mapping[str, str] = setting({}, "type of names in a corpus = type of the tagger, O for none")

    def __post_init__(self) -> None:
        names: set[str] = set()
        for number, corpus in enumerate(self.corpora, start=1):
            if not corpus.name or corpus.name in names:
                fault = f"two corpora are called {corpus.name!r}" if corpus.name else "corpora.name is missing"
                raise ConfigError(f"{fault}; give each corpus a name of its own", key=f"corpora[{number}].name")
            names.add(corpus.name)


def _keys(*names: str) -> frozenset[str]:
    """The full names, such as training.epochs, of all keys in the given sections; a name may also be a single key."""
    sections = {name: getattr(Config(), name) for name in names}
    return frozenset(
        full
        for name, section in sections.items()
        for full in ([f"{name}.{item.name}" for item in fields(section)] if is_dataclass(section) else [name])
    )


KEYS = _keys(*(item.name for item in fields(Config)))

_LARGEST = 1 << 20  # bytes of a configuration
_JOINT = {
    f"{section}.{key}"
    for section in ("tagging", "classification")
    for key in ("translation_share", "translation_batch_tokens", "label_smoothing")
}
_BEYOND_UPDATES = {
    "training.epochs", "training.max_updates", "training.placeholders", "training.validate_every",
    "training.validate_by", "training.patience", "training.save_every", "training.report_every",
}  # fmt: skip

# The keys that each command reads; an override of any other would have no effect and is refused.
READS = {
    "prepare": _keys("source", "target", "corpora", "cleaning"),
    "train-tokenizer": _keys("source", "target", "tokenizer"),
    "train": _keys("source", "target", "directions", "corpora", "model", "training", "search"),
    "translate": _keys("protection"),
    "train-tagger": _keys("tagger", "tagging", "labels") - _JOINT,
    "train-tagger --data": _keys("tagger", "tagging", "labels", "corpora") | {"training.max_length"},
    "train-classifier": _keys("classifier", "classification") - _JOINT,
    "train-classifier --data": _keys("classifier", "classification", "corpora") | {"training.max_length"},
    "train-lm": _keys("language_model", "language_modelling"),
    "bench": _keys("training") - _BEYOND_UPDATES,
}


def load_config(path: Path | None, overrides: Sequence[str] = (), *, command: str | None = None) -> Config:
    """Read a TOML file, or the recipe of that name, and apply overrides of the form section.key=value.

    Raises ConfigError, with the line and the most similar key, for an unknown key or a value of the wrong type, and for
    an override of a key that the command (one of READS) does not read.
    """
    path = path and _find(path)
    text = "" if path is None else _read(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    overridden = [_override(values, override) for override in overrides]
    if command is not None:
        _check_read(overridden, command)
    try:
        built: Config = _build(Config, values, "", KEYS if command is None else READS[command])
    except ConfigError as error:
        by_option = any(name == error.key or name.startswith(f"{error.key}.") for name in overridden)
        place = "--set" if by_option else _place(path, text, error.key)
        raise ConfigError(f"{place}: {error}", key=error.key) from None
    return built


def to_toml(config: Config) -> Iterator[str]:
    """The lines of a TOML file with all keys: value, meaning, limits, and the default if the value differs from it."""
    defaults = Config()
    yield from _settings(config, defaults)
    for item in fields(config):
        section = getattr(config, item.name)
        if is_dataclass(section):
            yield from ("", f"# {(section.__doc__ or '').partition('.')[0]}.", f"[{item.name}]")
            yield from _settings(section, getattr(defaults, item.name))
        elif kind := _item_type(item.type):
            for part in section:
                yield from ("", f"[[{item.name}]]", *_settings(part, part))
            if not section:
                keys = ", ".join(key.name for key in fields(kind))
                yield from ("", f"# {item.metadata['meaning']}: a section each, with {keys}", f"# [[{item.name}]]")
        elif isinstance(section, Mapping):
            yield from ("", f"# {item.metadata['meaning']}", f"[{item.name}]")
            yield from (f"{_quoted(key)} = {_quoted(value)}" for key, value in section.items())


def recipe_titles() -> dict[str, str]:
    """The recipes that come with the program, and the first line of each as its title."""
    return {name: _read(path).partition("\n")[0].lstrip("# ") for name, path in recipes().items()}


def _settings(settings: Any, defaults: Any) -> Iterator[str]:
    """One line for each key directly in a section."""
    for item in fields(settings):
        value, default = getattr(settings, item.name), getattr(defaults, item.name)
        if not is_dataclass(value) and not isinstance(value, Mapping) and not _item_type(item.type):
            notes = [limit_of(item).text, f"default {_quoted(default)}" * (value != default)]
            comment = f"# {item.metadata['meaning']} ({'; '.join(filter(None, notes))})".removesuffix(" ()")
            yield f"{item.name} = {_quoted(value)}".ljust(32) + f"  {comment}"


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # TOML and JSON write text, numbers and booleans alike


def _find(path: Path) -> Path:
    """The file of this name or, if there is none, the recipe."""
    return path if path.is_file() else recipes().get(str(path), path)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)  # a device may have no end
    except OSError as error:
        choices = f", or choose one of the recipes {', '.join(recipes())}" * isinstance(error, FileNotFoundError)
        raise ConfigError(
            f"{path}: cannot be read as a configuration ({error.strerror}); check the path{choices}"
        ) from error
    if len(data) > _LARGEST:
        raise ConfigError(f"{path}: has more than {_LARGEST:,} bytes, too many for a configuration; check the path")
    if encoding := utf_16_or_32(data):
        raise ConfigError(f"{path}:1: the file is in {encoding[:6]}; save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}:{line}: the file is not in UTF-8 but perhaps in Latin-1 (byte 0x{data[error.start]:02x}); "
            "save it as UTF-8"
        ) from error


def _check_read(names: Iterable[str], command: str) -> None:
    """Raise ConfigError if one of these keys or sections exists but the command does not read it."""
    for name in names:
        key = name if name in KEYS else name.partition(".")[0]
        if key in KEYS and key not in READS[command]:
            others = [f"nmt {other}" for other, keys in READS.items() if key in keys]
            sections = {full.partition(".")[0] for full in READS[command]}
            raise ConfigError(
                f"--set {name}: nmt {command} does not read this key; it is for {' and '.join(others)} "
                f"(nmt {command} reads {', '.join(item.name for item in fields(Config) if item.name in sections)})",
                key=name,
            )


def _build(kind: type[Any], values: Mapping[str, Any], section: str, reads: Collection[str]) -> Any:
    known = {item.name: item.type for item in fields(kind)}
    found = {}
    for key, value in values.items():
        name = f"{section}.{key}".removeprefix(".")
        if key not in known:
            raise ConfigError(f"unknown key {name!r}; {_hint(key, list(known), section, reads)}", key=name)
        if item_type := _item_type(known[key]):
            found[key] = tuple(_build_each(item_type, value, key, reads))
        elif not is_dataclass(known[key]):
            found[key] = _typed(known[key], value, name)
        elif isinstance(value, Mapping):
            found[key] = _build(cast(type[Any], known[key]), value, key, reads)
        else:
            raise ConfigError(f"{key!r} is a section; write [{key}] above its keys", key=key)
    return kind(**found)


def _build_each(kind: type[Any], values: Any, section: str, reads: Collection[str]) -> Iterator[Any]:
    """What a sequence of sections is made into; the key of an error has the number of its section, from 1."""
    if not isinstance(values, list) or not all(isinstance(value, Mapping) for value in values):
        raise ConfigError(
            f"{section!r} is a sequence of sections; write [[{section}]] above the keys of each", key=section
        )
    for number, value in enumerate(values, start=1):
        try:
            yield _build(kind, value, section, reads)
        except ConfigError as error:
            raise ConfigError(str(error), key=error.key.replace(section, f"{section}[{number}]", 1)) from None


def _item_type(kind: Any) -> type[Any] | None:
    """The dataclass of each section, if kind is a sequence of sections."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def _hint(key: str, siblings: Sequence[str], section: str, reads: Collection[str]) -> str:
    """What an unknown key may be meant to be: a key of another section, or one with a similar spelling."""

    def anywhere(key: str) -> list[str]:
        names = [name for name in sorted(KEYS) if name.rpartition(".")[2] == key]
        return [name for name in names if name in reads] or names

    near = [key] if anywhere(key) else []
    if not near:
        others = [] if section else [name.rpartition(".")[2] for name in KEYS]
        near = difflib.get_close_matches(key, [*siblings, *others], n=1, cutoff=0.5)
    if not near:
        return f"known here: {', '.join(siblings)}"
    names = near if near[0] in siblings else anywhere(near[0])
    *others, last = map(repr, names)
    return f"did you mean {', '.join(others)}{' or ' * bool(others)}{last}?"


def _typed(kind: Any, value: Any, name: str) -> Any:
    """Convert a TOML value to the type of its key, or raise ConfigError. The limits are checked in settings.py."""
    if kind is bool and value in (0, 1):
        return bool(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    allowed = kind if isinstance(kind, type) else get_origin(kind)
    if not isinstance(allowed, type):
        return value
    if allowed is Sequence:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f'{name} is {value!r}; it must be a list of texts, such as ["a", "b"]', key=name)
    elif not isinstance(value, allowed) or (isinstance(value, bool) and allowed is not bool):
        raise ConfigError(f"{name} is {value!r}; it must be {_KINDS.get(allowed, allowed.__name__)}", key=name)
    if isinstance(value, Mapping) and (bad := [key for key, item in value.items() if not isinstance(item, str)]):
        raise ConfigError(f"{name}: the value of {bad[0]!r} is {value[bad[0]]!r}; it must be text in quotes", key=name)
    return value


def _override(values: dict[str, Any], override: str) -> str:
    """Set the key of an override among the values of a file; return its full name."""
    name, equals, text = override.partition("=")
    if not equals:
        raise ConfigError(f"--set {override}: write it as section.key=value")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *sections, key = name.strip().split(".")
    for section in sections:
        values = values.setdefault(section, {})
        if not isinstance(values, dict):
            raise ConfigError(f"--set {override}: {section!r} is not a section")
    values[key] = value
    return ".".join((*sections, key))


def _place(path: Path | None, text: str, name: str) -> str:
    """path:line of a key, or of its section if the file does not have the key.

    The sections of a sequence have numbers from 1, such as corpora[2].
    """
    section, _, key = name.rpartition(".")
    current, place = "", 0
    numbers: Counter[str] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*(\[?)\[\s*([\w.-]+)\s*\]", line):
            current = header[2]
            if header[1]:
                numbers[current] += 1
                current += f"[{numbers[current]}]"
            if current == (section or key):
                place = number
        elif current == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f"{path}:{number}"
    return f"{path}:{place}" if place else str(path or "--set")
