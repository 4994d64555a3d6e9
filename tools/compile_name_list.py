"""Compile nmt/protection/name_list.txt.gz from Faker's lists: python tools/compile_name_list.py (needs faker==40.63.0).

Its two lines are the given and the family names that are one word of Latin letters, from all of Faker's languages.
"""

import gzip
import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import faker
import faker.providers.person

LIST = Path(__file__).parents[1] / "nmt" / "protection" / "name_list.txt.gz"
GIVEN = ("first_names", "first_names_female", "first_names_male", "first_names_nonbinary")
FAMILY = ("last_names", "last_names_female", "last_names_male")

_NAME = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")


def main() -> None:
    """Write the list."""
    lines = [" ".join(sorted(set(filter(usable, names(kinds))))) for kinds in (GIVEN, FAMILY)]
    LIST.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0))
    print(f"Faker {faker.VERSION}: {[line.count(' ') + 1 for line in lines]} names, {LIST.stat().st_size:,} bytes")


def names(kinds: tuple[str, ...]) -> Iterator[str]:
    """The names of some kinds in all languages, composed."""
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for kind in kinds:
            found = getattr(provider, kind, ())
            if not isinstance(found, property):
                yield from (unicodedata.normalize("NFC", name) for name in found)


def usable(name: str) -> bool:
    """Whether a name is one word of Latin letters, the first a capital and others not all."""
    latin = all("LATIN" in unicodedata.name(letter, "") for letter in name if letter.isalpha())
    return latin and bool(_NAME.fullmatch(name)) and name[0].isupper() and not name.isupper()


if __name__ == "__main__":
    main()
