"""Settings: dataclass fields that carry their meaning and their limits, of which configurations are made."""

import math
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, TypeVar, get_args, get_origin

from nmt.errors import ConfigError

T = TypeVar("T")


@dataclass(frozen=True)
class Limit:
    """The values that a setting may have, and how messages describe them."""

    allows: Callable[[Any], bool]
    text: str
    advice: str = "it must be"  # comes before text


def at_least(least: float) -> Limit:
    """A finite number that is not below least."""
    return Limit(lambda value: least <= value < math.inf, f"at least {least}")


def above(bound: float) -> Limit:
    """A finite number greater than bound."""
    return Limit(lambda value: bound < value < math.inf, f"above {bound}")


def between(least: float, most: float) -> Limit:
    """A number from least to most, both included."""
    return Limit(lambda value: least <= value <= most, f"between {least} and {most}")


FRACTION = Limit(lambda value: 0 <= value < 1, "at least 0 and below 1")
_GREATEST = 1 << 53  # of whole numbers: libraries hold no greater ones
ANYTHING = Limit(lambda value: True, "")


def setting(default: T, meaning: str, limit: Limit = ANYTHING) -> T:
    """Declare a setting as a field of a dataclass. A field of a Literal type needs no limit besides its type."""
    return field(default_factory=lambda: default, metadata={"meaning": meaning, "limit": limit})


def checked(section: str) -> Callable[[type[T]], type[T]]:
    """Make a dataclass raise ConfigError for a setting beyond its limit, under the name section.name.

    The decorator goes below @dataclass. The class's own __post_init__ runs after these checks and may rely on them.
    """

    def decorate(kind: type[T]) -> type[T]:
        own = getattr(kind, "__post_init__", lambda self: None)

        def check(self: Any) -> None:
            for item in fields(self):
                _check(f"{section}.{item.name}".removeprefix("."), getattr(self, item.name), limit_of(item))
            own(self)

        kind.__post_init__ = check  # type: ignore[attr-defined]  # dataclass looks for it
        return kind

    return decorate


def limit_of(item: Field[Any]) -> Limit:
    """The limit of a dataclass's field."""
    if get_origin(item.type) is Literal:
        choices = get_args(item.type)
        return Limit(lambda value: value in choices, f"one of {', '.join(choices)}", "choose")
    limit: Limit = item.metadata.get("limit", ANYTHING)
    return limit


def _check(key: str, value: Any, limit: Limit) -> None:
    if isinstance(value, int) and abs(value) > _GREATEST:
        raise ConfigError(f"{key} is {value!r}; it must be at most {_GREATEST:,}", key=key)
    if not limit.allows(value):
        finite = "a finite number, " if isinstance(value, float) and not math.isfinite(value) else ""
        raise ConfigError(f"{key} is {value!r}; {limit.advice} {finite}{limit.text}", key=key)
