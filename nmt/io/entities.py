"""Character entities of XML, HTML and SGML, such as &quot; and &#8211;."""

import re
from html import unescape

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)


def decode_entities(text: str) -> str:
    """Put the characters in the place of their entities, once each; "R&D" and "&unknown;" stay as they are."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text
