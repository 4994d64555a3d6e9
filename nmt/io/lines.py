r"""The only reader and writer of text lines: UTF-8, ended by b"\n" and by nothing else.

Carriage returns, form feeds, U+0085, U+2028 and the like are ordinary characters inside a line here. Text-mode `open()`
and `str.splitlines()` would break lines at them and misalign all following pairs.
"""

import codecs
import io
import json
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from nmt.errors import DataError
from nmt.io.files import open_bytes, replacing

BYTE_ORDER_MARK = "\ufeff"

_BYTE_ORDER_MARKS = {
    "UTF-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),  # first, for one of them begins as UTF-16's does
    "UTF-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}
_ENOUGH = 4096  # bytes, a multiple of four, that show an encoding
_SKIPPED_AT_ONCE = 1 << 16  # bytes of the rest of an over-long line
_BIDIRECTIONAL = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_lines(
    stream: io.BufferedReader,
    name: str,
    *,
    strict: bool = True,
    warn: Callable[[str], None] | None = None,
    max_bytes: int | None = None,
    first: int = 0,
) -> Iterator[str]:
    """Yield each line of a stream, without its line end, as soon as it has been read.

    Bytes that are not UTF-8, and lines of more than max_bytes bytes, raise DataError naming the line. If not strict,
    bad bytes become U+FFFD, a long line is cut at a character, and warn receives one message naming the line. So
    N lines always give N lines, and never more than max_bytes of one are held. UTF-16 and UTF-32, in which line ends
    lie elsewhere, are a DataError either way. first is the number of lines before those of this stream.
    """
    if first == 0 and (encoding := utf_16_or_32(stream.peek(1))):
        raise DataError(f"{name}:1: the text is in {encoding[:6]}; convert it by: {_iconv(encoding, name)}")

    def complain(problem: str, cure: str, remedy: str) -> None:
        if strict:
            raise DataError(f"{name}:{number}: {problem}; {cure}")
        if warn is not None:
            warn(f"{name}:{number}: {problem}; {remedy}")

    number = first
    ascii_so_far = True
    while data := stream.readline() if max_bytes is None else stream.readline(max_bytes + 1):
        number += 1
        if data.endswith(b"\n"):
            data = data[:-1]
        elif max_bytes is not None and len(data) > max_bytes:
            _skip_line(stream)
            complain(f"the line has more than {max_bytes} bytes", "split it", "the rest of it is left out")
            data = _cut_at_character(data[:max_bytes])
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            found = f"byte 0x{data[error.start]:02x} at position {error.start + 1} is not UTF-8"
            cure = f"if it is Latin-1, convert it by: {_iconv('LATIN1', name)}"
            complain(found, cure if ascii_so_far else "the lines before are; repair this one", "replaced by U+FFFD")
            text = data.decode("utf-8", errors="replace")
        ascii_so_far = ascii_so_far and text.isascii()
        yield text


def read_file(path: Path | str) -> Iterator[str]:
    """Yield the lines of a text file, compressed or not. Raises DataError, with file and line, if something is wrong.

    A byte-order mark at the very start of the file is not part of the first line.
    """
    path = Path(path)
    with open_bytes(path) as stream:
        lines = read_lines(stream, str(path))
        for first in lines:
            yield first.removeprefix(BYTE_ORDER_MARK)
            break
        yield from lines


def utf_16_or_32(data: bytes) -> str | None:
    """The encoding, as iconv calls it, of a text that begins with these bytes, if it is UTF-16 or UTF-32.

    Without a byte-order mark only text with an ASCII character in it, such as a line end, is recognised.
    """
    for encoding, marks in _BYTE_ORDER_MARKS.items():
        if data.startswith(marks):
            return encoding
    head = data[:_ENOUGH]
    if b"\0" not in head or len(head) % 2 or _has_stray_nuls(head):
        return None
    ascii_characters = {
        name: _ascii_characters(head, name) for name in ("UTF-32LE", "UTF-32BE", "UTF-16LE", "UTF-16BE")
    }
    likeliest = max(ascii_characters, key=lambda name: ascii_characters[name])
    return likeliest if ascii_characters[likeliest] else None


def read_parallel(
    source_path: Path | str, target_path: Path | str, read: Callable[[Path | str], Iterator[str]] = read_file
) -> Iterator[tuple[str, str]]:
    """Yield line i of one file with line i of the other. Raises DataError if they have different numbers of lines."""
    sources, targets = read(source_path), read(target_path)
    for number, (source, target) in enumerate(zip_longest(sources, targets), start=1):
        if source is None or target is None:
            fewer, more = number - 1, number + sum(1 for _ in (targets if source is None else sources))
            source_lines, target_lines = (fewer, more) if source is None else (more, fewer)
            raise DataError(
                f"{source_path} has {source_lines} lines, but {target_path} has {target_lines}; "
                "line i of one must translate line i of the other: find the missing line"
            )
        yield source, target


def write_file(path: Path | str, lines: Iterable[str]) -> int:
    """Replace a text file as a whole and return the number of lines; on failure the old file stays."""
    written = 0
    with replacing(Path(path)) as [stream]:
        for line in lines:
            write_line(stream, line)
            written += 1
    return written


def write_line(stream: BinaryIO, text: str) -> None:
    """Write one line; the caller flushes. Raises ValueError for a line end in text: it would misalign later lines."""
    if "\n" in text:
        raise ValueError(f"a line end inside a line: {text!r}")
    stream.write(text.encode("utf-8") + b"\n")


def clean_output(text: str, source: str) -> str:
    """Remove from a model's output what could break a line, disturb a terminal, or change the direction of later text.

    Control characters, and line and paragraph separators, are dropped, or become a space if they separate words; so are
    a tab, and bidirectional embeddings, overrides and isolates, that source does not have itself. Lone surrogates
    become U+FFFD.
    """

    def safe(match: re.Match[str]) -> str:
        character = match.group()
        if "\ud800" <= character <= "\udfff":
            return "\ufffd"
        if character in source and (character == "\t" or character in _BIDIRECTIONAL):
            return character
        return " " if character.isspace() else ""

    return _UNSAFE.sub(safe, text)


def _has_stray_nuls(data: bytes) -> bool:
    """Whether bytes are a text in UTF-8 in which a few NULs stand, as damaged files have them.

    UTF-16 has one beside each line end, and looks like control characters if it is read as UTF-8.
    """
    try:
        text = _cut_at_character(data).decode()
    except UnicodeDecodeError:
        return False
    few = 4 * data.count(b"\0") < len(data)
    return few and not re.search(r"\n\0|\0\n|[\x01-\x08\x0e-\x1a\x1c-\x1f]", text)


def _ascii_characters(data: bytes, encoding: str) -> int:
    """How many characters are ASCII if this is text in an encoding; 0 if it has characters that no text has."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data)  # the last character may be cut in two
    except UnicodeDecodeError:
        return 0
    strange = {"Cc", "Cn", "Co", "Cs"}  # controls, and what Unicode has not assigned
    if any(unicodedata.category(character) in strange for character in set(text) - set("\t\n\v\f\r")):
        return 0
    return sum(map(str.isascii, text)) if text.strip() else 0


def _iconv(encoding: str, name: str) -> str:
    """The command that turns a file, or what comes from stdin, from an encoding into UTF-8."""
    command = f"iconv -f {encoding} -t UTF-8"
    if name == "stdin":
        return command
    path = shlex.quote(name)
    return f"gzip -dc {path} | {command}" if name.endswith(".gz") else f"{command} {path}"


def json_line(value: Any) -> str:
    r"""A value as JSON, exact: what could break the line, a terminal or the reading order is written as \uXXXX."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", json.dumps(value, ensure_ascii=False))


def _skip_line(stream: BinaryIO) -> None:
    """Read up to the end of the line."""
    while (rest := stream.readline(_SKIPPED_AT_ONCE)) and not rest.endswith(b"\n"):
        pass


def _cut_at_character(data: bytes) -> bytes:
    """Drop the bytes of an incomplete character at the end of data; bytes that are not UTF-8 stay."""
    for start in range(len(data) - 1, max(len(data) - 4, -1), -1):
        if data[start] & 0b1100_0000 != 0b1000_0000:  # the last character starts here
            length = 4 if data[start] >= 0xF0 else 3 if data[start] >= 0xE0 else 2 if data[start] >= 0xC0 else 1
            return data if start + length <= len(data) else data[:start]
    return data
