"""Diebold-Mariano against the worked example that circulates with R's and Python's implementations."""

import numpy as np
import pytest

from flowbt.evaluation.inference.forecasts import diebold_mariano

TRUTH, FIRST, SECOND = (np.array(x, float) for x in ([10, 20, 30, 40, 50], [11, 21, 29, 42, 53], [13, 26, 24, 40, 59]))


def test_the_published_example() -> None:
    found = diebold_mariano((TRUTH - FIRST) ** 2, (TRUTH - SECOND) ** 2)
    assert found is not None
    assert found.statistic == pytest.approx(-2.2229922806, abs=1e-9)
    assert found.p_value_first_better == pytest.approx(0.0451556586, abs=1e-9)


def test_the_other_way_round_is_the_other_sign() -> None:
    one, other = (diebold_mariano(a, b) for a, b in ((FIRST, SECOND), (SECOND, FIRST)))
    assert one is not None
    assert other is not None
    assert one.statistic == pytest.approx(-other.statistic)
    assert one.p_value == pytest.approx(other.p_value)


def test_equal_losses_cannot_be_told_apart() -> None:
    assert diebold_mariano(TRUTH, TRUTH) is None


def test_too_few_times_for_the_lags() -> None:
    assert diebold_mariano(FIRST, SECOND, lags=4) is None
