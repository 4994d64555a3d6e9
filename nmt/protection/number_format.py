"""Numbers and dates in digits as another language writes them: 1.234,50 is 1,234.50; 3.5.2026 is 5/3/2026.

number_formats.txt comes from Unicode CLDR (see exonyms.LICENSE); tools/compile_number_formats.py makes it.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from nmt.io.lines import read_file

_TABLE = Path(__file__).with_name("number_formats.txt")
_SPACES = "\u00a0\u202f "
_APOSTROPHES = "’'"
_DATE_PART = re.compile("d{1,2}|M{1,2}|y")


@dataclass(frozen=True, kw_only=True)
class _Format:
    decimal: str
    group: str
    date: str  # such as dd.MM.y

    def number(self) -> re.Pattern[str]:
        """A number with a separator in it: its whole part and its decimals."""
        groups = next((same for same in (_SPACES, _APOSTROPHES) if self.group in same), self.group)
        return re.compile(
            rf"(?<![\w.,:/])(\d{{1,3}}(?:([{re.escape(groups)}])\d{{3}}(?:\2\d{{3}})*+)?+|\d++)"
            rf"(?:{re.escape(self.decimal)}(\d++))?+(?![.,:/'’]?\d)"
        )

    def dates(self) -> re.Pattern[str]:
        """A date whose year has four digits: its day d, month M and year y."""
        pattern = _DATE_PART.sub(
            lambda part: r"(?P<y>\d{4})" if part[0] == "y" else rf"(?P<{part[0][0]}>\d{{1,2}})",
            re.escape(self.date),
        )
        return re.compile(rf"(?<![\w.,:/-]){pattern}(?![.,:/-]?\d)")


def convert_numbers(text: str, source: str, target: str) -> str:
    """Write the numbers and dates of a text as the target language does.

    What the source language does not write so stays: 1.5 in German, versions, times, years of two digits, dates that
    are none. So does everything where one of the languages is not in the table.
    """
    here, there = _format(source), _format(target)
    if here is None or there is None:
        return text
    pieces, end = [], 0
    for match in here.dates().finditer(text):
        pieces += [_numbers(text[end : match.start()], here, there), _date(match, there)]
        end = match.end()
    return "".join([*pieces, _numbers(text[end:], here, there)])


def _numbers(text: str, here: _Format, there: _Format) -> str:
    def written(match: re.Match[str]) -> str:
        whole, group, decimals = match.groups()
        if group:
            whole = whole.replace(group, there.group)
        return whole if decimals is None else f"{whole}{there.decimal}{decimals}"

    return here.number().sub(written, text)


def _date(match: re.Match[str], there: _Format) -> str:
    parts = match.groupdict()
    try:
        date(int(parts["y"]), int(parts["M"]), int(parts["d"]))
    except ValueError:
        return match[0]
    padded = any(parts[part].startswith("0") for part in "dM")

    def written(part: re.Match[str]) -> str:
        return (
            parts[part[0][0]] if part[0] == "y" else parts[part[0][0]].lstrip("0").zfill(2 if padded else len(part[0]))
        )

    return _DATE_PART.sub(written, there.date)


def _format(language: str) -> _Format | None:
    """How a language writes; with subtags (de-CH) that the table does not have, like its first part."""
    return _formats().get(language) or _formats().get(language.split("-")[0])


@cache
def _formats() -> dict[str, _Format]:
    rows = (line.split("\t") for line in read_file(_TABLE))
    return {language: _Format(decimal=decimal, group=group, date=form) for language, decimal, group, form in rows}
