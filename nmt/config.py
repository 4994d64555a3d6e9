"""One configuration for all stages, composed of what stands beside each of them; read from TOML."""

import dataclasses
import difflib
import re
import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nmt.data.cleaning import CleaningConfig
from nmt.decoding.config import SearchConfig
from nmt.errors import ConfigError
from nmt.models.tagger import TaggerConfig
from nmt.models.translator import ModelConfig
from nmt.text.directions import Directions
from nmt.text.tokenizer import TokenizerConfig
from nmt.training.config import TaggingConfig, TrainingConfig


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that can be configured; a section of the file for each field but the first three."""

    source: str = ""  # language codes, as in `de`
    target: str = ""
    directions: Directions = "one"  # "both": one model translates back as well; it needs a shared tokenizer
    cleaning: CleaningConfig = field(default_factory=CleaningConfig)
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    tagger: TaggerConfig = field(default_factory=TaggerConfig)
    tagging: TaggingConfig = field(default_factory=TaggingConfig)
    labels: Mapping[str, str] = field(default_factory=dict)  # a corpus's types of names -> the tagger's, "O" for none


def load_config(path: Path | None, overrides: Sequence[str] = ()) -> Config:
    """Read a TOML file and apply overrides of the form section.key=value.

    Raises ConfigError, naming the line and the nearest key, for an unknown key or a value of the wrong type.
    """
    text = ""
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{path}: cannot be read as a configuration ({getattr(error, 'strerror', '') or error}); check the path"
            ) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    overridden = {_override(values, override) for override in overrides}

    def where(section: str, key: str) -> str:
        return "--set" if (section, key) in overridden else _place(path, text, section, key)

    built: Config = _build(Config, values, "", where)
    return built


Where = typing.Callable[[str, str], str]  # of a section and a key: where they stand


def _build(kind: type[Any], values: Mapping[str, Any], section: str, where: Where) -> Any:
    hints = typing.get_type_hints(kind)
    fields = {}
    for key, value in values.items():
        name = f"{section}.{key}" if section else key
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(hints)}"
            raise ConfigError(f"{where(section, key)}: unknown key {name!r}; {hint}")
        if dataclasses.is_dataclass(hints[key]):
            if not isinstance(value, Mapping):
                raise ConfigError(f"{where(section, key)}: {key!r} is a section; write [{key}] above its keys")
            fields[key] = _build(typing.cast(type[Any], hints[key]), value, key, where)
        else:
            fields[key] = _typed(hints[key], value, f"{where(section, key)}: {name}")
    try:
        return kind(**fields)
    except ConfigError as error:
        key = re.sub(rf"^{section}\.", "", str(error).split(" ", 1)[0])
        raise ConfigError(f"{where(section, key)}: {error}") from None


def _typed(hint: Any, value: Any, name: str) -> Any:
    if typing.get_origin(hint) is typing.Literal:
        if value not in typing.get_args(hint):
            raise ConfigError(f"{name} is {value!r}; choose one of {', '.join(map(str, typing.get_args(hint)))}")
        return value
    if hint is bool and value in (0, 1):
        return bool(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    allowed = hint if isinstance(hint, type) else typing.get_origin(hint)
    if isinstance(allowed, types.UnionType) or not isinstance(allowed, type):
        return value
    if not isinstance(value, allowed) or (isinstance(value, bool) and allowed is not bool):
        raise ConfigError(f"{name} is {value!r}; it must be of type {allowed.__name__}")
    if isinstance(value, Mapping) and (bad := [key for key, item in value.items() if not isinstance(item, str)]):
        raise ConfigError(f"{name}: the value of {bad[0]!r} is {value[bad[0]]!r}; it must be text in quotes")
    return value


def _override(values: dict[str, Any], override: str) -> tuple[str, str]:
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
    return ".".join(sections), key


def _place(path: Path | None, text: str, section: str, key: str) -> str:
    """path:line of a key, or of its section if the key is not in the file."""
    current, place = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = header[1]
            if current == (section or key):
                place = number
        elif current == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return f"{path}:{number}"
    return f"{path}:{place}" if place else str(path or "--set")
