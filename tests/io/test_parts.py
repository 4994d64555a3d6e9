import gzip
import hashlib
from itertools import islice

import pytest

from nmt.io.files import open_bytes
from nmt.io.lines import read_lines
from nmt.io.parts import count_lines, cut, start_of_line

TEXTS = {
    "empty": b"",
    "one line": b"a",
    "no last line end": b"eins\nzwei\n\nvier",
    "blank lines": b"\n\n\n",
    "line ends of Windows and others": "a\r\nb\rc\x85d\n\u2028\n".encode(),
    "longer than a block": b"".join(b"%d %s\n" % (number, b"x" * (number % 301)) for number in range(20_000)),
}


@pytest.fixture(params=["plain", "gzip"])
def written(request, tmp_path):
    def write(data):
        (tmp_path / "text").write_bytes(gzip.compress(data) if request.param == "gzip" else data)
        return tmp_path / "text"

    return write


def lines_of(path, start=0, first=0, count=None):
    with open_bytes(path, start) as stream:
        return list(islice(read_lines(stream, "text", first=first), count))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 7_000])
def test_the_parts_of_a_file_are_its_lines_in_order(written, name, size):
    path = written(TEXTS[name])
    whole = lines_of(path)
    parts, digest = cut(path, size)
    if len(parts) > 100:
        parts = parts[::997]
    else:
        assert [line for part in parts for line in lines_of(path, part.start, part.first, part.lines)] == whole
    for part in parts:
        expected = whole[part.first : part.first + size]
        assert lines_of(path, part.start, part.first, part.lines) == expected
        assert part.lines == len(expected) > 0
        assert start_of_line(path, part.first) == part.start
    assert count_lines(path) == len(whole)
    assert digest == hashlib.sha256(TEXTS[name]).hexdigest()


def test_a_line_of_a_part_has_the_number_that_it_has_in_the_file(written):
    path = written(b"gut\nschl\xffecht\nbad \xfe\n")
    part = cut(path, 2)[0][1]
    said = []
    with open_bytes(path, part.start) as stream:
        list(read_lines(stream, "text", strict=False, warn=said.append, first=part.first))
    assert said == ["text:3: byte 0xfe at position 5 is not UTF-8; replaced by U+FFFD"]


def test_a_part_that_looks_like_utf_16_is_none(written):
    path = written(b"gut\n\x00a\x00b\n")
    part = cut(path, 1)[0][1]
    assert lines_of(path, part.start, part.first) == ["\x00a\x00b"]
