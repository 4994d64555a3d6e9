"""Text files with a sentence on each line, or in each <seg> of WMT's SGML; other markup is refused by name."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from nmt.errors import DataError
from nmt.io.entities import decode_entities
from nmt.io.lines import read_file

_LONGEST = 1 << 16  # characters of a segment
_SGML = ("srcset", "refset", "tstset")
_MARKUP = re.compile(rf"\s*<(\?xml|!doctype|html|tmx|xliff|dataset|{'|'.join(_SGML)})\b", re.IGNORECASE)
_SEGMENT = re.compile(r"<seg\b[^>]*>(.*?)</seg\s*>|(<seg\b.*)", re.IGNORECASE | re.DOTALL)


def read_sentences(path: Path | str) -> Iterator[str]:
    """Yield the sentences of a text file, or of a .sgm file; either may be compressed by gzip.

    A file that begins as XML, HTML or SGML and is not called .sgm, and one called so without segments, is a DataError.
    """
    lines = read_file(path)
    if Path(str(path).removesuffix(".gz")).suffix.lower() in (".sgm", ".sgml"):
        yield from _segments(lines, path)
        return
    for first in lines:
        if markup := _MARKUP.match(first):
            sgml = markup[1].lower() in _SGML
            cure = "name it .sgm" if sgml else "give its text, a sentence on each line"
            raise DataError(f"{path}:1: markup ({first.strip()[:40]}), which is not read as text; {cure}")
        yield from chain([first], lines)


def _segments(lines: Iterator[str], path: Path | str) -> Iterator[str]:
    found = False
    begun = ""  # a segment that goes on
    for line in lines:
        rest = ""
        for text, open_ in _SEGMENT.findall(f"{begun} {line}" if begun else line):
            if open_:
                rest = open_
            else:
                found = True
                yield " ".join(decode_entities(text).split())
        begun = rest
        if len(begun) > _LONGEST:
            raise _unclosed(path)
    if begun:
        raise _unclosed(path)
    if not found:
        raise DataError(f"{path}: no <seg> in it; give WMT's SGML, or text with a sentence on each line")


def _unclosed(path: Path | str) -> DataError:
    return DataError(f"{path}: a <seg> without its </seg>; repair the file, or fetch it again")
