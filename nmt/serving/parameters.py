"""What each kind of request may say: read from it, and described for people and programs, by one and the same table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.datastructures import UploadFile

from nmt.errors import DataError
from nmt.protection.glossary import Glossary, glossary_from_lines, make_glossary
from nmt.serving.errors import RequestError

_REQUIRED = object()
_GLOSSARY_TERMS = 10_000


class Kind(NamedTuple):
    """What a value is: how it is read (ValueError, saying what it must be, if it cannot), and its JSON schema."""

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A name and a value that a request may give."""

    name: str
    kind: Kind
    meaning: str
    default: Any = _REQUIRED

    @property
    def required(self) -> bool:
        """Whether a request must give it."""
        return self.default is _REQUIRED


def read_parameters(parameters: Sequence[Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """A request's values, checked, and defaults for those that it does not give; others are ignored.

    Raises RequestError (400) for what is missing or wrong.
    """
    found = {}
    for parameter in parameters:
        given = values.get(parameter.name)
        if given is None:
            if parameter.required:
                raise RequestError(400, f"{parameter.name} is missing: {parameter.meaning}")
            found[parameter.name] = parameter.default
            continue
        try:
            found[parameter.name] = parameter.kind.read(given)
        except (ValueError, DataError) as error:
            raise RequestError(400, f"{parameter.name}: {error}") from None
    return found


def choice(*words: str) -> Kind:
    """One of some words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"must be {' or '.join(words)}")
        return str(value)

    return Kind(read, {"type": "string", "enum": list(words)})


def count(most: int) -> Kind:
    """A number from 0 to most; a form has it as digits."""

    def read(value: Any) -> int:
        digits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10
        if isinstance(value, bool) or not (digits or isinstance(value, int)) or not 0 <= int(value) <= most:
            raise ValueError(f"must be a whole number from 0 to {most}")
        return int(value)

    return Kind(read, {"type": "integer", "minimum": 0, "maximum": most})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"has a lone surrogate at position {error.start + 1}; send valid Unicode") from None
    return value


def _texts(value: Any) -> str | list[str]:
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, list):
        raise ValueError("must be a string or a list of strings")
    return [_text(each) for each in value]


def _flag(value: Any) -> bool:
    if value in (True, "true", "1"):
        return True
    if value in (False, "false", "0"):
        return False
    raise ValueError("must be true or false")


def _glossary(value: Any) -> Glossary:
    """Terms as an object, or as the text of a file that --glossary reads."""
    if isinstance(value, str):
        lines = _text(value).removeprefix("\ufeff").split("\n")
        if len(lines) > _GLOSSARY_TERMS:
            raise ValueError(f"must not have more than {_GLOSSARY_TERMS} lines")
        return glossary_from_lines(lines, "line")
    if not isinstance(value, dict) or not all(isinstance(term, str) for pair in value.items() for term in pair):
        raise ValueError("must be an object of terms and their translations, or CSV: source,target")
    if len(value) > _GLOSSARY_TERMS:
        raise ValueError(f"must not have more than {_GLOSSARY_TERMS} terms")
    for term in (term for pair in value.items() for term in pair):
        if not _text(term).strip() or len(term) > 1000 or "\n" in term:
            raise ValueError("a term must be one line of 1 to 1000 characters")
    return make_glossary(value)


def _file(value: Any) -> UploadFile:
    if not isinstance(value, UploadFile):
        raise ValueError("must be a file in a multipart form")
    return value


FILE = Kind(_file, {"type": "string", "format": "binary"})
TEXT = Kind(_text, {"type": "string"})
TEXTS = Kind(_texts, {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
FLAG = Kind(_flag, {"type": "boolean"})
GLOSSARY = Kind(
    _glossary, {"oneOf": [{"type": "object", "additionalProperties": {"type": "string"}}, {"type": "string"}]}
)
