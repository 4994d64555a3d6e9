"""Given and family names from many languages, compiled from Faker (see name_list.LICENSE): to know names, and to draw.

tools/compile_name_list.py makes the list.
"""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nmt.io.lines import read_file

_LIST = Path(__file__).with_name("name_list.txt.gz")


@dataclass(frozen=True, kw_only=True)
class NameList:
    """Names of persons, each one word of Latin letters, perhaps with hyphens and apostrophes in it."""

    given: frozenset[str]
    family: frozenset[str]


@cache
def name_list() -> NameList:
    """The list that comes with the package."""
    given, family = (frozenset(names) for names in _names())
    return NameList(given=given, family=family)


def random_name(rng: random.Random) -> str:
    """A given name, a family name or, in half of the cases, both."""
    given, family = map(rng.choice, _names())
    return rng.choice([given, family, f"{given} {family}", f"{given} {family}"])


@cache
def _names() -> list[list[str]]:
    return [line.split() for line in read_file(_LIST)]
