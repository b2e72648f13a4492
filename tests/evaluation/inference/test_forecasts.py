"""Comparing forecasts: the published example, by hand, and where nothing can be said."""

import numpy as np
import pytest

from flowbt.evaluation.inference.forecasts import diebold_mariano

TRUTH = np.array([10, 20, 30, 40, 50.0])
FIRST = (np.array([11, 21, 29, 42, 53.0]) - TRUTH) ** 2
SECOND = (np.array([13, 26, 24, 40, 59.0]) - TRUTH) ** 2


def test_the_published_example() -> None:
    found = diebold_mariano(FIRST, SECOND)
    assert found is not None
    assert found.mean_difference == pytest.approx(-29.2)
    assert found.statistic == pytest.approx(-2.2229922806, abs=1e-9)
    assert found.p_value_first_better == pytest.approx(0.0451556586, abs=1e-9)
    assert found.p_value == pytest.approx(2 * 0.0451556586, abs=1e-9)


def test_the_other_way_round_is_the_other_sign() -> None:
    found, turned = diebold_mariano(FIRST, SECOND), diebold_mariano(SECOND, FIRST)
    assert found is not None
    assert turned is not None
    assert turned.statistic == pytest.approx(-found.statistic)
    assert turned.p_value == pytest.approx(found.p_value)


def test_two_steps_ahead_by_hand() -> None:
    """Differences 3, 1, 1, 0: mean 1.25, autocovariances 4.75 / 4 and -0.4375 / 4; correction (4 + 1 - 4 + 2 / 4) / 4."""
    found = diebold_mariano(np.array([3.0, 1, 1, 0]), np.zeros(4), lags=1)
    centred = np.array([1.75, -0.25, -0.25, -1.25])
    variance = (centred @ centred + 2 * (centred[1:] @ centred[:-1])) / 4
    assert found is not None
    assert found.statistic == pytest.approx(1.25 / np.sqrt(variance / 4) * np.sqrt(1.5 / 4))


@pytest.mark.parametrize("first", [np.zeros(5), np.ones(1), np.array([1.0, -1, 1, -1, 1, -1])])
def test_without_a_positive_variance_nothing_is_said(first: np.ndarray) -> None:
    assert diebold_mariano(first, np.zeros(len(first)), lags=1) is None
