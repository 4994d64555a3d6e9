import os

import pytest

from nmt.threads import default_threads, in_threads


def test_the_environment_says_how_many(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert default_threads() == 3


@pytest.mark.parametrize("said", ["", "0", "many"])
def test_else_as_many_as_the_process_may_run_on(monkeypatch, said):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {4, 6}, raising=False)
    assert default_threads() == 2


def test_what_goes_wrong_in_a_thread_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(in_threads(lambda number: 1 / number, [2, 1, 0], workers=2))
    assert list(in_threads(lambda number: 1 / number, [2, 1], workers=2)) == [0.5, 1.0]
