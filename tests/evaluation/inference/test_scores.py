"""Scores of forecasts: published numbers, cases by hand, and another form of the same correlation."""

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


def test_the_published_brier_scores() -> None:
    assert brier_score([0.7, 0.2, 0.9], [1, 0, 1]) == pytest.approx([0.09, 0.04, 0.01])


def test_the_published_ranked_probability_scores() -> None:
    forecast = np.tile([0.2, 0.5, 0.3], (3, 1))
    assert ranked_probability_score(forecast, np.array([0, 1, 2])) == pytest.approx([0.73, 0.13, 0.53])


@pytest.mark.parametrize(("came", "score"), [(0, 0.0), (1, 1.0), (2, 2.0)])
def test_a_certain_forecast_pays_for_each_class_it_is_off(came: int, score: float) -> None:
    assert ranked_probability_score(np.array([[1.0, 0.0, 0.0]]), np.array([came]))[0] == pytest.approx(score)


def test_skill_is_the_share_of_the_reference_done_without() -> None:
    assert skill_score(0.2, 0.25) == pytest.approx(0.2)
    assert skill_score(0.3, 0.25) == pytest.approx(-0.2)
    assert skill_score(0.0, 0.0) is None


def test_what_was_said_is_down_and_what_came_across() -> None:
    counts = confusion_matrix(np.array([0, 0, 1, 2]), np.array([1, 2, 1, 0]), 3)
    assert counts.tolist() == [[0, 1, 1], [0, 1, 0], [1, 0, 0]]


def test_nothing_said_is_a_matrix_of_zeros() -> None:
    none = np.array([], np.int64)
    assert confusion_matrix(none, none, 3).tolist() == [[0] * 3] * 3
    assert matthews_correlation(confusion_matrix(none, none, 3)) is None


@pytest.mark.parametrize(
    ("counts", "correlation"),
    [
        ([[3, 0, 0], [0, 4, 0], [0, 0, 5]], 1.0),
        ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 0.0),
        ([[0, 5], [5, 0]], -1.0),
        # phi of a table of two classes: (20 * 30 - 10 * 40) / sqrt(30 * 70 * 60 * 40)
        ([[20, 10], [40, 30]], 200 / np.sqrt(30 * 70 * 60 * 40)),
    ],
)
def test_correlation_of_a_confusion_matrix(counts: list[list[int]], correlation: float) -> None:
    assert matthews_correlation(np.array(counts)) == pytest.approx(correlation)


def test_it_is_gorodkins_correlation_of_indicators() -> None:
    """Gorodkin (2004) defines it by the covariances of the classes' indicators."""
    draws = np.random.default_rng(0)
    said, came = draws.integers(0, 3, 200), draws.integers(0, 3, 200)
    came[:80] = said[:80]
    x, y = (np.eye(3)[side] - np.eye(3)[side].mean(axis=0) for side in (said, came))
    by_indicators = (x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())
    assert matthews_correlation(confusion_matrix(said, came, 3)) == pytest.approx(by_indicators)


@pytest.mark.parametrize("counts", [[[0, 0, 0], [5, 4, 3], [0, 0, 0]], [[5, 0], [4, 0]]])
def test_what_never_varies_has_no_correlation(counts: list[list[int]]) -> None:
    assert matthews_correlation(np.array(counts)) is None


def test_bins_are_of_equal_number_and_in_order() -> None:
    probability = np.array([0.9, 0.1, 0.2, 0.8])
    outcome = np.array([1.0, 0.0, 1.0, 1.0])
    low, high = reliability(probability, outcome, np.arange(4), 4, 1, bins=2)
    assert (low.predicted, low.observed, low.n) == pytest.approx((0.15, 0.5, 2))
    assert (high.predicted, high.observed, high.n) == pytest.approx((0.85, 1.0, 2))


def test_equal_probabilities_are_not_parted() -> None:
    (only,) = reliability(np.full(30, 0.4), np.tile([1.0, 0.0], 15), np.arange(30), 30, 1)
    assert (only.n, only.observed) == (30, 0.5)


def test_the_interval_of_days_that_repeat_each_other_is_wider() -> None:
    draws = np.random.default_rng(3)
    independent = draws.integers(0, 2, 400).astype(float)
    repeated = np.repeat(draws.integers(0, 2, 20), 20).astype(float)
    widths = []
    for outcome in (independent, repeated):
        (only,) = reliability(np.full(400, 0.5), outcome, np.arange(400), 400, 20)
        widths.append(only.interval[1] - only.interval[0])
    assert widths[1] > 2 * widths[0]


def test_a_bin_in_which_all_came_true_still_has_an_interval() -> None:
    (only,) = reliability(np.full(20, 0.9), np.ones(20), np.arange(20), 20, 5)
    assert only.interval[0] < 1.0 == only.interval[1]


def test_no_forecasts_have_no_bins() -> None:
    assert reliability(np.array([]), np.array([]), np.array([], np.int64), 0, 1) == []
