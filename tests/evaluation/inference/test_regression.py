"""Least squares on a panel: statsmodels as oracle, and what is dropped."""

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from flowbt.evaluation.inference.hac import long_run_variance
from flowbt.evaluation.inference.regression import hac_regression, least_squares

DRAWS = np.random.default_rng(5)
DATES, SYMBOLS = 60, 4
DATE = np.repeat(np.arange(DATES), SYMBOLS)
X = DRAWS.normal(size=(DATES * SYMBOLS, 2))
Y = 0.3 + X @ np.array([0.5, -0.2]) + DRAWS.normal(size=DATES * SYMBOLS) + DRAWS.normal(size=DATES)[DATE]
DESIGN = np.column_stack([np.ones(len(Y)), X])


def covariance(influence: np.ndarray, place: int, lags: int) -> float:
    return len(influence) * long_run_variance(influence[:, place], lags)


def test_a_line_through_its_points_is_found() -> None:
    fit = least_squares(np.array([1.0, 3.0, 5.0]), np.array([[0.0], [1.0], [2.0]]), np.arange(3), 3)
    assert fit.values == pytest.approx([1, 2])
    assert fit.r_squared == pytest.approx(1)


@pytest.mark.parametrize("lags", [0, 3, 8])
def test_errors_of_a_series_equal_statsmodels(lags: int) -> None:
    y, x = Y[::SYMBOLS], X[::SYMBOLS]
    ours = least_squares(y, x, np.arange(DATES), DATES)
    theirs = OLS(y, DESIGN[::SYMBOLS]).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    assert ours.values == pytest.approx(theirs.params)
    assert [covariance(ours.influence, k, lags) ** 0.5 for k in range(3)] == pytest.approx(theirs.bse)
    assert ours.r_squared == pytest.approx(theirs.rsquared)


def test_errors_of_a_panel_equal_those_of_sums_by_date_in_statsmodels() -> None:
    ours = least_squares(Y, X, DATE, DATES)
    theirs = OLS(Y, DESIGN).fit(cov_type="hac-groupsum", cov_kwds={"time": DATE, "maxlags": 4, "use_correction": False})
    share = len(Y) / (len(Y) - 3)
    assert [covariance(ours.influence, k, 4) for k in range(3)] == pytest.approx(theirs.bse**2 * share)


def test_without_lags_the_dates_are_clusters() -> None:
    ours = least_squares(Y, X, DATE, DATES)
    theirs = OLS(Y, DESIGN).fit(cov_type="cluster", cov_kwds={"groups": DATE, "use_correction": False})
    share = len(Y) / (len(Y) - 3)
    assert [covariance(ours.influence, k, 0) for k in range(3)] == pytest.approx(theirs.bse**2 * share)


def test_rows_in_another_order_say_the_same() -> None:
    order = DRAWS.permutation(len(Y))
    shuffled = hac_regression(Y[order], X[order], DATE[order], DATES, 5)
    in_order = hac_regression(Y, X, DATE, DATES, 5)
    assert shuffled.coefficients[1].t == pytest.approx(in_order.coefficients[1].t)  # type: ignore[union-attr]


def test_rows_with_something_missing_are_dropped() -> None:
    y, x = Y.copy(), X.copy()
    y[3], x[5, 1] = np.nan, np.nan
    left = np.ones(len(Y), bool)
    left[[3, 5]] = False
    with_nulls = hac_regression(y, x, DATE, DATES, 1)
    without = hac_regression(Y[left], X[left], DATE[left], DATES, 1)
    assert with_nulls == without
    assert with_nulls.n == len(Y) - 2


@pytest.mark.parametrize("copy", [3 * X[:, 0] - X[:, 1] + 2, np.full(len(Y), 7.0), np.zeros(len(Y))])
def test_a_column_that_depends_on_those_before_it_is_dropped_and_said(copy: np.ndarray) -> None:
    fit = hac_regression(Y, np.column_stack([X, copy]), DATE, DATES, 1)
    assert fit.dropped == (2,)
    assert fit.coefficients[2] is None
    assert fit.coefficients[:2] == hac_regression(Y, X, DATE, DATES, 1).coefficients


def test_units_do_not_matter() -> None:
    far = hac_regression(Y, X * np.array([1e9, 1e-9]), DATE, DATES, 1)
    near = hac_regression(Y, X, DATE, DATES, 1)
    assert far.dropped == ()
    assert far.coefficients[1].t == pytest.approx(near.coefficients[1].t)  # type: ignore[union-attr]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_too_few_rows_say_nothing(rows: int) -> None:
    fit = hac_regression(Y[:rows], X[:rows], DATE[:rows], DATES, 1)
    assert (fit.n, fit.intercept, fit.coefficients, fit.r_squared) == (0, None, (None, None), None)


def test_an_outcome_that_does_not_vary_has_no_r_squared() -> None:
    assert hac_regression(np.ones(len(Y)), X, DATE, DATES, 1).r_squared is None
