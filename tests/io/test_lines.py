import codecs
import gzip
import io
import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import DataError
from nmt.io.lines import clean_output, read_file, read_lines, read_parallel, utf_16_or_32, write_file, write_line


def lines_of(data: bytes, **options):
    return list(read_lines(io.BufferedReader(io.BytesIO(data)), "input", **options))


def test_lines_end_at_line_feeds_and_nowhere_else():
    text = "a\rb\x0bc\x0cd\x85e\u2028f\u2029g\x1ch"
    assert lines_of(f"{text}\nlast".encode()) == [text, "last"]
    assert lines_of(b"a\n\nb\n") == ["a", "", "b"]
    assert lines_of(b"") == []


def test_a_bad_byte_is_an_error_that_names_the_line():
    with pytest.raises(DataError, match=r"input:2: byte 0xff at position 3 is not UTF-8"):
        lines_of(b"good\nab\xff\n")


def iconv(command, directory, stdin=None):
    """What a command that a message advises writes."""
    return subprocess.run(command, shell=True, check=True, input=stdin, capture_output=True, cwd=directory).stdout


@pytest.mark.parametrize("name", ["a b.de", "a.de.gz"])
def test_the_advice_for_latin_1_is_a_command_that_works_as_printed(tmp_path, name):
    latin = "Müller\nGrüße\n".encode("latin-1")
    (tmp_path / name).write_bytes(gzip.compress(latin) if name.endswith(".gz") else latin)
    with pytest.raises(DataError, match=r":1: byte 0xfc at position 2 is not UTF-8; if it is Latin-1, ") as caught:
        list(read_file(tmp_path / name))
    assert iconv(str(caught.value).partition("convert it by: ")[2], tmp_path) == "Müller\nGrüße\n".encode()


def test_a_damaged_line_among_lines_of_utf_8_is_not_taken_for_latin_1():
    with pytest.raises(DataError, match="input:2: byte 0xfc at position 1 is not UTF-8; the lines before are; repair"):
        lines_of("Grüße\n".encode() + b"\xfc\n")


TEXTS = ["Müller wohnt hier.\nJa.\n", "上海\n", "猫坐在垫子上面。\n我今天在那里。\n", "Привет\n", "1", "😀\n" * 3000]
ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("strict", [True, False])
def test_utf_16_and_utf_32_are_refused_by_name_with_a_command_that_works(tmp_path, text, encoding, strict):
    data = text.encode(encoding)
    with pytest.raises(DataError, match=rf"^stdin:1: the text is in {encoding[:6].upper()}; ") as caught:
        list(read_lines(io.BufferedReader(io.BytesIO(data)), "stdin", strict=strict))
    assert iconv(str(caught.value).partition("convert it by: ")[2], tmp_path, data) == text.encode()


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
def test_a_byte_order_mark_names_the_encoding_of_any_text(mark):
    data = mark + "上".encode("utf-16-be" if len(mark) == 2 else "utf-32-be")
    with pytest.raises(DataError, match=f"UTF-{8 * len(mark)}"):
        lines_of(data)


@pytest.mark.parametrize("line", ["a\0b", "\0", "中\0Haus\0", "\x00\x01\x02", "x" * 5000 + "\0"])
def test_a_line_with_null_characters_is_utf_8_still(line):
    assert lines_of(f"{line}\n{line}\n".encode()) == [line, line]


def test_where_lines_must_not_be_lost_a_bad_byte_is_replaced_and_announced():
    said = []
    assert lines_of(b"good\nab\xff\nmore\n", strict=False, warn=said.append) == ["good", "ab\ufffd", "more"]
    assert len(said) == 1
    assert said[0].startswith("input:2:")


def test_an_over_long_line_is_cut_at_a_character_and_announced():
    said = []
    assert lines_of("aé€x\nb\n".encode(), strict=False, warn=said.append, max_bytes=4) == ["aé", "b"]
    assert said[0].startswith("input:1: the line has more than 4 bytes")
    with pytest.raises(DataError, match="input:1"):
        lines_of(b"abcde\n", max_bytes=4)
    assert lines_of(b"abcd\n", max_bytes=4) == ["abcd"]


# A NUL beside a line end may as well be half of one in UTF-16.
@given(st.lists(st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"]))))
def test_what_is_written_is_read(lines):
    stream = io.BytesIO()
    for line in lines:
        write_line(stream, line)
    assert lines_of(stream.getvalue()) == lines


def test_a_line_end_inside_a_line_is_never_written():
    with pytest.raises(ValueError, match="line end"):
        write_line(io.BytesIO(), "a\nb")


def test_files_are_read_through_gzip_and_without_a_byte_order_mark(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress("\ufeffeins\n\ufeffzwei\n".encode()))
    assert list(read_file(tmp_path / "a.gz")) == ["eins", "\ufeffzwei"]


def test_a_truncated_gzip_file_is_an_error(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"eins\n" * 1000)[:-20])
    with pytest.raises(DataError, match="truncated or damaged"):
        list(read_file(tmp_path / "a.gz"))


def test_unequal_counts_are_an_error_that_names_both_files(tmp_path):
    (tmp_path / "a").write_bytes(b"1\n2\n3\n")
    (tmp_path / "b").write_bytes(b"1\n2\n")
    with pytest.raises(DataError, match=r"a has 3 lines, but .*b has 2"):
        list(read_parallel(tmp_path / "a", tmp_path / "b"))
    with pytest.raises(DataError, match=r"b has 2 lines, but .*a has 3"):
        list(read_parallel(tmp_path / "b", tmp_path / "a"))


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    def broken():
        yield "new"
        raise RuntimeError

    (tmp_path / "f").write_text("old\n")
    with pytest.raises(RuntimeError):
        write_file(tmp_path / "f", broken())
    assert (tmp_path / "f").read_text() == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
    assert write_file(tmp_path / "f", ["a", "b"]) == 2
    assert (tmp_path / "f").read_text() == "a\nb\n"


def test_output_keeps_no_control_that_the_source_does_not_have():
    assert clean_output("a\nb\x1b[31m\u2028c\u202e", "source") == "a b[31m c"
    assert clean_output("a\tb\u202e", "with \t and \u202e") == "a\tb\u202e"
    assert clean_output("a\x1bb\x9bc\r", "with \x1b, \x9b and \r") == "abc "


@given(st.text(), st.text())
def test_clean_output_never_breaks_a_line_or_its_encoding(text, source):
    assert "\n" not in clean_output(text, source).encode().decode()


def test_a_typed_line_is_there_before_the_next_one_is_typed():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream, os.fdopen(writer, "wb", buffering=0) as keyboard:
        lines = read_lines(stream, "stdin")
        for line in ("one", "two"):
            keyboard.write(line.encode() + b"\n")
            assert next(lines) == line


def test_the_tail_of_an_over_long_line_is_not_held():
    class Endless(io.BufferedReader):
        """100 MB without a line end, and then a short line."""

        left = 100 << 20

        def readline(self, size):
            self.left -= size
            assert size <= 1 << 16
            return b"a" * size if self.left > 0 else b"\n" if self.left > -size else b""

    assert next(read_lines(Endless(io.BytesIO()), "input", strict=False, max_bytes=1000)) == "a" * 1000


@pytest.mark.parametrize(("limit", "kept"), [(1, "a"), (2, "a"), (4, "a"), (5, "a😀"), (6, "a😀"), (7, "a😀é")])
def test_a_cut_never_halves_a_character(limit, kept):
    assert lines_of("a😀éb".encode(), strict=False, max_bytes=limit) == [kept]


def test_bytes_that_are_not_utf_8_are_replaced_at_a_cut_too():
    said = []
    assert lines_of(b"ab\x80\x80\x80\x80\n", strict=False, warn=said.append, max_bytes=4) == ["ab\ufffd\ufffd"]
    assert [message.split(";")[-1] for message in said] == [" the rest of it is left out", " replaced by U+FFFD"]


def test_lines_that_are_not_unicode_are_never_written():
    with pytest.raises(UnicodeEncodeError):
        write_line(io.BytesIO(), "\ud800")


@pytest.mark.parametrize("text", [b"Hallo\0Welt.\n", b"a\0bcdefg", "Stra\0ße nach Köln".encode()])
def test_a_stray_nul_makes_no_other_encoding(text):
    assert utf_16_or_32(text) is None
    assert utf_16_or_32("Hallo Welt.\n".encode("utf-16-le")) == "UTF-16LE"
    assert utf_16_or_32("你好，世界。\n".encode("utf-16-be")) == "UTF-16BE"
