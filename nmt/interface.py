"""The Python interface: a translator and a tagger, which are loaded once and may be called from any thread.

A text is a string without line ends. One text gives one result, a list of texts a list of results in the same order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, overload

from nmt.decoding.model import EngineName, TranslationModel
from nmt.decoding.tagger import TaggedLine, TaggingModel, load_tagger, tag_chunks
from nmt.decoding.translator import Translation, translate_chunks
from nmt.errors import ConfigError, DataError
from nmt.resources import shipped_model
from nmt.stages.models import load_models

TEXTS = 1024  # processed at a time, so that the memory for a long list, without its results, is bounded


@dataclass(frozen=True, kw_only=True)
class Translator:
    """One translation model, or an ensemble of several, in one direction."""

    model: TranslationModel = field(repr=False)

    @classmethod
    def load(
        cls,
        models: str | Path | Sequence[str | Path] | None = None,
        *,
        source: str = "",
        target: str = "",
        device: str = "cpu",
        engine: EngineName = "auto",
    ) -> Self:
        """Open a model folder, or several that translate together; by default the model that ships.

        source and target are language codes that choose a direction, by default the model's first one. device is "cpu",
        "cuda" or "cuda:N". The engine "auto" is the fastest that the device and all folders support. Raises ModelError
        for a folder that is missing or damaged and for models that cannot translate together, ConfigError for a
        direction or a device that is not available.
        """
        if models is None:
            models = shipped_model()
        paths = [models] if isinstance(models, str | Path) else models
        if not paths:
            raise ConfigError("the list of model folders is empty; name at least one")
        folders = [Path(path) for path in paths]
        return cls(model=load_models(folders, source=source, target=target, device=device, engine=engine))

    @property
    def source(self) -> str:
        """The code of the language that is read."""
        return self.model.source

    @property
    def target(self) -> str:
        """The code of the language that is written."""
        return self.model.target

    def between(self, source: str = "", target: str = "") -> Self:
        """The translator for another direction of the same model; nothing is loaded again.

        Raises ConfigError if the model does not have this direction.
        """
        return replace(self, model=self.model.between(source, target))

    @overload
    def translate(self, text: str, *, details: Literal[False] = False, **search: Any) -> str: ...

    @overload
    def translate(self, text: list[str], *, details: Literal[False] = False, **search: Any) -> list[str]: ...

    @overload
    def translate(self, text: str, *, details: Literal[True], **search: Any) -> Translation: ...

    @overload
    def translate(self, text: list[str], *, details: Literal[True], **search: Any) -> list[Translation]: ...

    def translate(self, text: str | list[str], *, details: bool = False, **search: Any) -> Any:
        """Translate a text, or each text of a list, to strings or, with details, to Translation objects with scores.

        search overrides the model's own settings by the names of DecodingConfig, for instance beam_size=1. Raises
        ConfigError for a value beyond its limits, DataError for a text with a line end or invalid Unicode, TypeError
        for anything but strings.
        """
        if not details and search.get("n_best", 1) > 1:
            raise ConfigError("n_best is above 1, but only details=True gives more than the best translation; add it")
        config = replace(self.model.search, **search)
        found = list(translate_chunks(self.model, _chunks(text), config))
        results = found if details else [translation.text for translation in found]
        return results[0] if isinstance(text, str) else results


@dataclass(frozen=True, kw_only=True)
class Tagger:
    """A model that finds names in text."""

    model: TaggingModel = field(repr=False)

    @classmethod
    def load(cls, model: str | Path | None = None, *, device: str = "cpu") -> Self:
        """Open a model folder that has a tagger; by default the model that ships.

        Raises ModelError for a folder that is missing, damaged or without a tagger, ConfigError for a device that is
        not available.
        """
        return cls(model=load_tagger(shipped_model() if model is None else Path(model), device))

    @overload
    def tag(self, text: str, *, pretokenized: bool = False) -> TaggedLine: ...

    @overload
    def tag(self, text: list[str], *, pretokenized: bool = False) -> list[TaggedLine]: ...

    def tag(self, text: str | list[str], *, pretokenized: bool = False) -> TaggedLine | list[TaggedLine]:
        """Find the names in a text, or in each text of a list; pretokenized texts have spaces between all words.

        Raises DataError for a text with a line end or invalid Unicode, TypeError for anything but strings.
        """
        found = list(tag_chunks(self.model, _chunks(text), pretokenized=pretokenized))
        return found[0] if isinstance(text, str) else found


def _chunks(text: str | list[str]) -> Iterator[list[str]]:
    """A text or a list of texts, in chunks; all are checked before the first chunk."""
    texts = [text] if isinstance(text, str) else list(text)
    for number, each in enumerate(texts, start=1):
        _check(each, f"text {number}")
    return (texts[start : start + TEXTS] for start in range(0, len(texts), TEXTS))


def _check(text: object, name: str) -> None:
    """Raise TypeError or DataError, with the name of the text, unless it is one line of valid Unicode."""
    if not isinstance(text, str):
        raise TypeError(f"{name} is of type {type(text).__name__}; give a str or a list of str")
    if "\n" in text:
        raise DataError(f'{name} holds a line end; give a list of its lines, as text.split("\\n") makes it')
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"{name} holds the lone surrogate {text[error.start]!r} at position {error.start + 1}; "
            'decode its bytes with errors="replace"'
        ) from None
