"""The encoding of a document: by its byte-order mark, by what it says itself, else UTF-8; written back as it was."""

import codecs
import re
from dataclasses import dataclass

from nmt.errors import DataError

_MARKS = {  # UTF-32 first, for one of its marks begins as UTF-16's does
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-8": codecs.BOM_UTF8,
}
_KNOWN = re.compile(  # Python's names of what documents are written in; its other codecs are no encodings of text
    r"ascii|utf-(?:8|16|32)(?:-[bl]e)?|iso8859-\d+|cp\d+|koi8-[rtu]|kz1048|mac-\w+|tis-620|big5\w*|gb\w+|hz|euc_\w+|shift_jis\w*"
    r"|iso2022_\w+|johab"
)
_WINDOWS = re.compile(rb"[\x80-\x9f]")  # letters and quotes there, control characters in Latin-1


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A document as text; encoding it again gives the same bytes."""

    text: str
    encoding: str  # by Python's name
    mark: bytes  # the byte-order mark


def decode(data: bytes, name: str, declared: re.Pattern[bytes] | None = None) -> Decoded:
    """Decode a document; declared finds the encoding that it names, as one of its groups.

    Raises DataError if the encoding is unknown, or if the bytes are no text in it.
    """
    encoding, mark = next(((encoding, mark) for encoding, mark in _MARKS.items() if data.startswith(mark)), ("", b""))
    given = declared.search(data[: 1 << 14]) if declared and not mark else None
    candidates = [encoding or "utf-8"] if given is None else _codecs(given[given.lastindex or 0].decode(), data, name)
    for candidate in candidates:
        try:
            text = data[len(mark) :].decode(candidate)
        except UnicodeError as error:
            problem = error
            continue
        if text.encode(candidate) == data[len(mark) :]:
            return Decoded(text=text, encoding=candidate, mark=mark)
        raise DataError(f"{name}: is written in {candidate} in a way that cannot be kept; convert it to UTF-8")
    place = getattr(problem, "start", 0)
    line = data.count(b"\n", 0, place) + 1
    raise DataError(
        f"{name}:{line}: byte 0x{data[place + len(mark)]:02x} is not {candidates[0].upper()}; convert the file to UTF-8"
    )


def _codecs(given: str, data: bytes, name: str) -> list[str]:
    """Python's names for an encoding, the first that fits to be taken."""
    try:
        codec = codecs.lookup(given).name
    except LookupError:
        codec = ""
    if not _KNOWN.fullmatch(codec):
        raise DataError(f"{name}: says that it is written in {given[:40]!r}, which is unknown; convert it to UTF-8")
    if codec.startswith(("utf-16", "utf-32")):  # what could be read as ASCII is not
        return ["utf-8"]
    if codec in ("iso8859-1", "ascii") and _WINDOWS.search(data):
        return ["cp1252", codec]
    return [codec]
