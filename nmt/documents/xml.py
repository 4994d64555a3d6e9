"""XML documents are checked by the standard library's parser before their tags are looked at."""

import re
from functools import partial
from xml.parsers import expat

from nmt.errors import DataError

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)""")  # the encoding


def check_xml(text: str, name: str) -> None:
    """Raise DataError unless a text is well-formed XML that declares no entities."""
    parser = expat.ParserCreate("utf-8")
    parser.EntityDeclHandler = partial(_refuse_entity, name)
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise DataError(f"{name}:{error.lineno}: not XML ({problem}); export it again, or repair it") from error


def _refuse_entity(name: str, entity: str, *_: object) -> None:
    raise DataError(f"{name}: declares the entity {entity!r}, which is not read; write the text itself")
