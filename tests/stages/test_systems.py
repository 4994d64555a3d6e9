import pytest

from nmt.data import test_set
from nmt.errors import DataError
from nmt.stages.systems import Output, check_lengths


def test_an_output_of_another_length_is_refused_with_both_names():
    asked = test_set.TestSet(name="test.en", sources=None, references=[["the cat", "a dog", "two men", "a house"]])
    check_lengths(Output(system="good", lines=["the cat", "a dog", "two men", "the garden"]), asked)
    with pytest.raises(DataError, match=r"^short has 1 lines, but test\.en has 4"):
        check_lengths(Output(system="short", lines=["a"]), asked)
