import threading
import time

import pytest

from nmt.decoding.chunks import chunks
from nmt.errors import DataError


def test_all_lines_come_in_order_and_no_window_is_too_large():
    lines = [str(number) for number in range(1000)]
    found = list(chunks(iter(lines), max_lines=64))
    assert [line for window in found for line in window] == lines
    assert max(map(len, found)) <= 64


def test_a_typed_line_is_answered_before_the_next_one_comes():
    answered = threading.Event()

    def typed():
        yield "first"
        assert answered.wait(60)
        yield "second"

    stream = chunks(typed())
    assert next(stream) == ["first"]
    answered.set()
    assert list(stream) == [["second"]]


def test_an_error_of_the_stream_comes_after_the_lines_before_it():
    def broken():
        yield "good"
        raise DataError("bad line")

    stream = chunks(broken())
    assert next(stream) == ["good"]
    with pytest.raises(DataError, match="bad line"):
        next(stream)


def test_nothing_comes_from_nothing():
    assert list(chunks(iter([]))) == []


@pytest.mark.parametrize(("length", "ahead"), [(1, 16), (400, 3), (5000, 1)])
def test_two_chunks_are_read_ahead_be_they_of_short_lines_or_of_long_ones(length, ahead):
    read = []
    stream = chunks((read.append(line) or "a" * length for line in range(500)), max_lines=8, max_characters=800)
    taken = len(next(stream))
    deadline = time.monotonic() + 60
    while len(read) <= taken and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)  # for what it should not read
    assert taken < len(read) <= taken + ahead + 1  # one more is in the reader's hand
    assert taken + sum(map(len, stream)) == 500
