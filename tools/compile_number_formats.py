"""Compile nmt/protection/number_formats.txt: how languages write numbers and dates in digits.

    python tools/compile_number_formats.py

Needs babel==2.18.0 (Unicode CLDR). A line has a language, its decimal and its group separator, and its date, with d, M
and y for day, month and year and two letters for two digits. Languages that write like their first part (de-DE), or
with other digits than 0 to 9, are left out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import babel
from babel import Locale, localedata

TABLE = Path(__file__).parents[1] / "nmt" / "protection" / "number_formats.txt"

_DATE = re.compile(r"(d{1,2}|M{1,2}|y)(\W{1,2})(d{1,2}|M{1,2}|y)\2(d{1,2}|M{1,2}|y)\.?")


def main() -> None:
    """Write the table."""
    found = dict(formats())
    lines = [
        "\t".join((language, *form))
        for language, form in sorted(found.items())
        if "-" not in language or form != found.get(language.split("-")[0])
    ]
    TABLE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"Babel {babel.__version__}: {len(lines)} languages, {TABLE.stat().st_size:,} bytes")


def formats() -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Languages and what the table says of each."""
    for identifier in localedata.locale_identifiers():
        locale = Locale.parse(identifier)
        symbols = locale.number_symbols.get("latn", {})
        date = _DATE.match(re.sub("[\u200e\u200f]", "", locale.datetime_skeletons["yMd"].pattern))
        if not locale.script and locale.default_numbering_system == "latn" and date and "decimal" in symbols:
            yield identifier.replace("_", "-"), (symbols["decimal"], symbols["group"], date[0])


if __name__ == "__main__":
    main()
