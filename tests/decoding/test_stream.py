import threading

import pytest

from nmt.decoding.stream import windows
from nmt.errors import DataError


def test_all_lines_come_in_order_and_no_window_is_too_large():
    lines = [str(number) for number in range(1000)]
    found = list(windows(iter(lines), max_lines=64))
    assert [line for window in found for line in window] == lines
    assert max(map(len, found)) <= 64


def test_a_typed_line_is_answered_before_the_next_one_comes():
    answered = threading.Event()

    def typed():
        yield "first"
        assert answered.wait(5)
        yield "second"

    stream = windows(typed())
    assert next(stream) == ["first"]
    answered.set()
    assert list(stream) == [["second"]]


def test_an_error_of_the_stream_comes_after_the_lines_before_it():
    def broken():
        yield "good"
        raise DataError("bad line")

    stream = windows(broken())
    assert next(stream) == ["good"]
    with pytest.raises(DataError, match="bad line"):
        next(stream)


def test_nothing_comes_from_nothing():
    assert list(windows(iter([]))) == []
