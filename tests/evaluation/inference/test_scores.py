"""Scores of forecasts: published numbers, and by hand."""

import numpy as np
import pytest

from flowbt.evaluation.inference.scores import (
    brier_score,
    confusion_matrix,
    matthews_correlation,
    ranked_probability_score,
    reliability,
    skill_score,
)


def test_brier() -> None:
    assert brier_score([0.7, 0.2, 0.9], [1, 0, 1]) == pytest.approx([0.09, 0.04, 0.01])


@pytest.mark.parametrize(("outcome", "score"), [(0, 0.73), (1, 0.13), (2, 0.53)])
def test_ranked_probability_score(outcome: int, score: float) -> None:
    """Epstein (1969): squared distances of the cumulated probabilities."""
    assert ranked_probability_score(np.array([[0.2, 0.5, 0.3]]), np.array([outcome])) == pytest.approx([score])


def test_skill_is_the_share_of_the_reference_that_is_saved() -> None:
    assert skill_score(0.2, 0.25) == pytest.approx(0.2)
    assert skill_score(0.2, 0.0) is None


def test_confusion_has_what_was_said_down_and_what_came_across() -> None:
    found = confusion_matrix(np.array([0, 0, 2, 1]), np.array([0, 2, 2, 1]), 3)
    assert found.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]


def test_matthews_for_two_classes_is_the_phi_coefficient() -> None:
    table = np.array([[6, 2], [1, 3]])
    said, came = ([0] * 8 + [1] * 4), ([0] * 6 + [1] * 2 + [0] + [1] * 3)
    assert matthews_correlation(table) == pytest.approx(np.corrcoef(said, came)[0, 1])


def test_matthews_for_three_classes_by_gorodkins_formula() -> None:
    table = np.array([[3, 1, 0], [1, 2, 1], [0, 1, 3]])
    n, right = 12, 8
    said, came = table.sum(axis=1), table.sum(axis=0)
    expected = (right * n - said @ came) / np.sqrt((n**2 - said @ said) * (n**2 - came @ came))
    assert matthews_correlation(table) == pytest.approx(expected)


def test_matthews_cannot_be_said_where_one_class_is_all_that_was_said() -> None:
    assert matthews_correlation(np.array([[3, 2], [0, 0]])) is None


def test_bins_hold_what_was_predicted_and_what_came() -> None:
    probability = np.repeat([0.2, 0.8], 50)
    outcome = np.concatenate([np.arange(50) < 10, np.arange(50) < 35]).astype(float)
    low, high = reliability(probability, outcome, np.arange(100), 100, 1, bins=2)
    assert (low.predicted, low.observed, low.n) == pytest.approx((0.2, 0.2, 50))
    assert (high.predicted, high.observed) == pytest.approx((0.8, 0.7))
    assert high.interval[0] < 0.7 < high.interval[1]


def test_no_predictions_no_bins() -> None:
    assert reliability(np.empty(0), np.empty(0), np.empty(0, np.int64), 0, 1) == []
