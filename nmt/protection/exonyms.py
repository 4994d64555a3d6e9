"""Names of countries and places that have another form in another language: München is Munich.

exonyms.txt comes for the most part from Unicode CLDR (see exonyms.LICENSE); tools/compile_exonyms.py makes it and says
which names are left out, such as those that need an article.
"""

from functools import cache
from pathlib import Path

from nmt.io.lines import read_file
from nmt.protection.glossary import Glossary, make_glossary

_TABLE = Path(__file__).with_name("exonyms.txt")
_NONE = "-"
_NOT_TO_LOOK_UP = "*"  # in front of names that are words as well


@cache
def exonyms(source: str, target: str) -> Glossary:
    """The names of a language that another writes differently; none where one of the two is not in the table."""
    header, *rows = (line.split("\t") for line in read_file(_TABLE))
    languages = [language.split("-")[0] for language in (source, target)]
    if not set(languages) <= set(header):
        return make_glossary({})
    here, there = map(header.index, languages)
    pairs = {
        (row[here], row[there].removeprefix(_NOT_TO_LOOK_UP)) for row in rows if _NONE not in (row[here], row[there])
    }
    names = [name for name, _ in pairs]
    return make_glossary(
        {
            name: other
            for name, other in pairs
            if name != other and names.count(name) == 1 and not name.startswith(_NOT_TO_LOOK_UP)
        }
    )
