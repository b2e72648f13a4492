"""Inference against published numbers, statsmodels, and simulation."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportion_confint

from flowbt.evaluation.inference.hac import (
    bandwidth,
    estimate_from_influence,
    fixed_b_critical_value,
    long_run_variance,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("hits", "count", "interval"),
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_wilson_equals_the_published_intervals(hits: int, count: int, interval: tuple[float, float]) -> None:
    """Newcombe (1998), table I."""
    assert wilson_interval(hits, count) == pytest.approx(interval, abs=5e-5)


def test_wilson_equals_statsmodels() -> None:
    assert wilson_interval(7, 31) == pytest.approx(proportion_confint(7, 31, method="wilson"))


def test_nothing_counted_says_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_newey_west_equals_the_known_error_of_a_mean() -> None:
    values = np.array([1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3, 4], float)
    error = math.sqrt(long_run_variance(values - values.mean(), 2) / len(values))
    assert error == pytest.approx(0.45671713, abs=1e-8)


def test_newey_west_equals_statsmodels() -> None:
    values = np.random.default_rng(3).normal(size=200).cumsum()
    fitted = OLS(values, np.ones(200)).fit(cov_type="HAC", cov_kwds={"maxlags": 9, "use_correction": False})
    assert math.sqrt(long_run_variance(values - values.mean(), 9) / 200) == pytest.approx(fitted.bse[0])


@pytest.mark.parametrize(("b", "critical"), [(0.0, 1.96), (0.1, 2.2606), (0.5, 3.4822)])
def test_fixed_b_critical_value(b: float, critical: float) -> None:
    assert fixed_b_critical_value(b) == pytest.approx(critical, abs=1e-3)


@pytest.mark.parametrize(("count", "horizon", "lags"), [(100, 1, 13), (100, 20, 40), (10, 20, 9)])
def test_bandwidth_is_wide_and_within_the_sample(count: int, horizon: int, lags: int) -> None:
    assert bandwidth(count, horizon) == lags


def test_too_few_dates_give_no_estimate() -> None:
    assert estimate_from_influence(1.0, np.arange(9.0), 1) is None


def test_what_does_not_vary_gives_no_estimate() -> None:
    assert estimate_from_influence(1.0, np.zeros(50), 1) is None


def test_the_p_value_is_five_percent_at_the_edge_of_the_interval() -> None:
    influence = np.random.default_rng(0).normal(size=250)
    error = estimate_from_influence(0.0, influence, 5)
    assert error is not None
    at_edge = estimate_from_influence(error.interval[1], influence, 5)
    assert at_edge is not None
    assert at_edge.p_value == pytest.approx(2 * norm.sf(1.959963984540054), abs=1e-12)


def test_the_error_is_never_below_that_of_independent_dates() -> None:
    influence = np.tile([1.0, -1.0], 50)
    estimate = estimate_from_influence(0.0, influence, 1)
    assert estimate is not None
    assert estimate.standard_error == pytest.approx(10.0)


def test_a_mean_of_dependent_days_is_rejected_about_as_often_as_it_should_be() -> None:
    """Overlapping 5-session sums of noise: a naive test rejects a third of the time."""
    draws = np.random.default_rng(11)
    rejected = 0
    for _ in range(400):
        sums = np.convolve(draws.normal(size=504), np.ones(5), "valid")
        estimate = estimate_from_influence(sums.mean(), (sums - sums.mean()) / len(sums), 5)
        assert estimate is not None
        rejected += estimate.p_value < 0.05
    assert 0.02 <= rejected / 400 <= 0.085
