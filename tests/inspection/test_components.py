import numpy as np
import pytest

from nmt.inspection.components import principal_components


def test_states_on_a_line_have_one_component():
    direction = np.array([3.0, 0.0, -4.0]) / 5
    places, shares = principal_components(np.outer([-2.0, 0.0, 1.0, 1.0], direction) + 7)
    assert shares == pytest.approx([1, 0])
    assert places[:, 0] == pytest.approx([2, 0, -1, -1])  # to where the third number, the largest, grows
    assert places[:, 1] == pytest.approx([0] * 4)


def test_components_are_by_the_variance_they_hold():
    square = np.array([[0, 3, 0], [0, -3, 0], [1, 0, 0], [-1, 0, 0]])
    places, shares = principal_components(square)
    assert shares == pytest.approx([0.9, 0.1])
    assert np.abs(places) == pytest.approx(np.array([[3, 0], [3, 0], [0, 1], [0, 1]]))


def test_states_that_are_all_alike_have_none():
    places, shares = principal_components(np.ones((3, 5), np.float32))
    assert not places.any()
    assert not shares.any()
