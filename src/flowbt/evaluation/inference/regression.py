"""Least squares on a panel whose days depend on one another.

The rows of a date (all symbols) are summed into one influence per date and coefficient; their long-run variance gives the
errors. What moves all symbols on a day, and what the overlap of horizons brings, is thereby in the error.
"""

from dataclasses import dataclass

import numpy as np

from flowbt.evaluation.inference.hac import Estimate, Floats, Integers, estimate_from_influence

COLLINEAR = 1e-8
"""A column whose part not explained by those before it is a smaller share of its spread than this adds nothing."""


@dataclass(frozen=True)
class LeastSquares:
    """A fit: what hangs on the errors is left to the caller.

    Attributes:
        values: the intercept, then one coefficient per column; NaN where the column was dropped.
        weights: rows down, intercept and columns across: each value is the sum of its weights times the outcome; 0 where
            the row or the column was dropped.
        influence: dates down, intercept and columns across: what each date adds to the error; 0 where dropped.
        residual: one per row, what the fit leaves of the outcome; 0 where the row was dropped.
        kept: the places of the columns used; the rest are linear combinations of the intercept and the columns before them.
        r_squared: share of the outcome's variance that is explained; NaN where it has none.
        n: rows used.
    """

    values: Floats
    weights: Floats
    influence: Floats
    residual: Floats
    kept: tuple[int, ...]
    r_squared: float
    n: int


@dataclass(frozen=True)
class Regression:
    """A fit with its errors.

    Attributes:
        intercept: None where its error cannot be said.
        coefficients: one per column; None where the column was dropped or its error cannot be said.
        dropped: the places of the columns left out: each is a linear combination of the intercept and columns before it.
        r_squared: share of the outcome's variance that is explained; None where it has none.
        n: rows used.
    """

    intercept: Estimate | None
    coefficients: tuple[Estimate | None, ...]
    dropped: tuple[int, ...]
    r_squared: float | None
    n: int


def hac_regression(y: Floats, x: Floats, date_index: Integers, n_dates: int, horizon: int) -> Regression:
    """Least squares with an intercept, errors robust to what dates share and to dependence between dates.

    Newey & West (1987) on the sums by date (Driscoll & Kraay 1998), judged by fixed-b (Vogelsang 2012). For errors
    clustered by something coarser than a date, as an expiry, give the clusters, numbered in order of time, for the dates.

    Args:
        y: outcome, one per row; NaN allowed: the row is dropped.
        x: regressors, rows down, without the constant, which is put in; a row with a NaN is dropped. Of columns that depend
            on one another linearly the later ones are dropped: put what matters most first.
        date_index: the place of each row's date, 0 to `n_dates` - 1, in any order.
        n_dates: how many dates there are, those without rows included.
        horizon: sessions that an outcome spans.
    """
    fit = least_squares(y, x, date_index, n_dates)
    used = {0, *(place + 1 for place in fit.kept)} if fit.n else set()
    estimates = [
        estimate_from_influence(float(fit.values[k]), fit.influence[:, k], horizon) if k in used else None
        for k in range(x.shape[1] + 1)
    ]
    return Regression(
        intercept=estimates[0],
        coefficients=tuple(estimates[1:]),
        dropped=tuple(place for place in range(x.shape[1]) if place not in fit.kept),
        r_squared=fit.r_squared if np.isfinite(fit.r_squared) else None,
        n=fit.n,
    )


def least_squares(y: Floats, x: Floats, date_index: Integers, n_dates: int) -> LeastSquares:
    """The fit and each date's influence on it; arguments as in `hac_regression`.

    The influence is multiplied by sqrt(n / (n - k)) for the coefficients fitted, as the usual estimate of variance is.
    """
    there = np.isfinite(y) & np.isfinite(x).all(axis=1)
    outcome, date = y[there], date_index[there]
    n, columns = len(outcome), x.shape[1] + 1
    values, weights, influence = np.full(columns, np.nan), np.zeros((len(y), columns)), np.zeros((n_dates, columns))
    kept = _independent(x[there])
    if n <= len(kept) + 1:
        return LeastSquares(values, weights, influence, np.zeros(len(y)), (), np.nan, 0)
    places = [0, *(place + 1 for place in kept)]
    design = np.column_stack([np.ones(n), x[there]])[:, places]
    orthogonal, triangle = np.linalg.qr(design)
    per_row = np.linalg.solve(triangle, orthogonal.T).T
    values[places] = per_row.T @ outcome
    for column, place in enumerate(places):
        weights[there, place] = per_row[:, column]
    residual = np.zeros(len(y))
    residual[there] = outcome - design @ values[places]
    error = residual[there] * np.sqrt(n / (n - len(places)))
    for place in places:
        influence[:, place] = np.bincount(date, weights[there, place] * error, n_dates)
    spread = float(((outcome - outcome.mean()) ** 2).sum())
    unexplained = float(error @ error) * (n - len(places)) / n
    r_squared = 1 - unexplained / spread if spread > 0 else np.nan
    return LeastSquares(values, weights, influence, residual, kept, r_squared, n)


def _independent(x: Floats) -> tuple[int, ...]:
    """The columns that are no linear combination of the constant and the columns before them."""
    kept: list[int] = []
    basis = np.ones((len(x), 1)) / np.sqrt(max(len(x), 1))
    for place, column in enumerate(x.T):
        length = float(np.linalg.norm(column))
        left = column
        for _ in range(2):  # twice is enough (Kahan): once leaves rounding that can pass for a column
            left = left - basis @ (basis.T @ left)
        rest = float(np.linalg.norm(left))
        if length > 0 and rest > COLLINEAR * length:
            kept.append(place)
            basis = np.column_stack([basis, left / rest])
    return tuple(kept)
