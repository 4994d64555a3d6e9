import numpy as np
import pytest

from nmt.metrics.classification import calibration_error, fit_temperature, score_labels


def test_scores_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(1)
    gold, found = random.choice(["a", "b", "c"], 200, p=[0.6, 0.3, 0.1]), random.choice(["a", "b", "c"], 200)
    scores = score_labels(gold, found)
    assert scores.accuracy == pytest.approx(100 * metrics.accuracy_score(gold, found))
    assert scores.macro_f1 == pytest.approx(100 * metrics.f1_score(gold, found, average="macro"))
    assert scores.confusion["a"]["b"] == ((gold == "a") & (found == "b")).sum()
    assert sum(score.gold for score in scores.labels.values()) == 200


def test_a_label_that_is_never_found_has_no_precision():
    scores = score_labels(["a", "b"], ["a", "a"])
    assert (scores.labels["b"].precision, scores.labels["b"].f1, scores.accuracy) == (0, 0, 50)
    assert scores.macro_f1 == pytest.approx((200 / 3) / 2)


def test_the_calibration_error_is_the_mean_gap_of_the_bins():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.6, 0.4]])
    # 0.9 is right in one of two lines, 0.6 in one of two: gaps 0.4 and 0.1, two lines each.
    assert calibration_error(probabilities, np.array([0, 1, 1, 1])) == pytest.approx(25)
    assert calibration_error(np.array([[1.0, 0.0]]), np.array([0])) == 0


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_the_temperature_of_labels_drawn_by_it_is_found(true):
    random = np.random.default_rng(2)
    scores = random.normal(0, 3, (20_000, 4))
    shares = np.exp(scores / true)
    shares /= shares.sum(axis=1, keepdims=True)
    gold = (shares.cumsum(axis=1) < random.random((20_000, 1))).sum(axis=1)
    found = fit_temperature(scores, gold)
    assert found == pytest.approx(true, rel=0.05)
    calibrated = np.exp(scores / found)
    assert calibration_error(calibrated / calibrated.sum(axis=1, keepdims=True), gold) < 2


def test_scores_that_are_always_right_have_the_lowest_temperature():
    assert fit_temperature(np.eye(3), np.arange(3)) == pytest.approx(1 / 16, rel=1e-3)
