"""Text files with a sentence on each line, or in each <seg> of WMT's SGML; other markup is refused by name."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from nmt.errors import DataError
from nmt.io.lines import read_file

_LONGEST = 1 << 16  # characters of a segment
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|tmx|xliff|dataset|srcset|refset|tstset)\b", re.IGNORECASE)
_SEGMENT = re.compile(r"<seg\b[^>]*>(.*?)</seg\s*>|(<seg\b.*)", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


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
            cure = (
                "name it .sgm"
                if markup[1].lower() in ("srcset", "refset", "tstset")
                else "give its text, a sentence on each line"
            )
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
                yield " ".join(_ENTITY.sub(_character, text).split())
        begun = rest
        if len(begun) > _LONGEST:
            raise _unclosed(path)
    if begun:
        raise _unclosed(path)
    if not found:
        raise DataError(f"{path}: no <seg> in it; give WMT's SGML, or text with a sentence on each line")


def _unclosed(path: Path | str) -> DataError:
    return DataError(f"{path}: a <seg> without its </seg>; repair the file, or fetch it again")


def _character(entity: re.Match[str]) -> str:
    name = entity[1].lower()
    if name in _NAMED:
        return _NAMED[name]
    number = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
    return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else entity[0]
