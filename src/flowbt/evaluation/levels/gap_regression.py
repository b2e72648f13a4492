"""How much of the gap to a level does the price close? A regression of the move on the gap, apart from reversal.

    (S' - S) / S = a + b (L - S) / S + c (S before - S) / S + ...

b = 0: the level has no effect; b = 1: the price ends at the level. Open interest is opened where the price was, so a level is
on the side from which the price has come, and a price that reverses would seem drawn to it: b is given alone, controlling
for the prior close, and controlling for the mean close of the last 20 sessions as well.

Two things make the usual t test of b reject far too often, and are corrected here:

- windows overlap, and gaps persist. The move of a window is the sum of the moves of its sessions, and each of these is booked
  on its own session with the sum of the weights of all windows that contain it: if levels have no effect, these are not
  autocorrelated, however long the windows (Hodrick 1992, Dividend yields and expected stock returns, Review of Financial Studies 5, his 1B);
- in a short history the mean over all windows is not independent of the gaps (Stambaugh 1999): means are taken over windows
  that are far away (`placebo_days.far`). With none left out this is least squares with an intercept for each symbol.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.inference import FEWEST, Floats, Integers
from flowbt.evaluation.levels.contrast import Contrast, contrast, windows_in
from flowbt.evaluation.levels.placebo_days import far
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.trailing import mean_close
from flowbt.evaluation.levels.windows import Windows, move_between

COLLINEAR: Final = 1e-8
"""Columns that vary together, or not at all, but for rounding."""


@dataclass(frozen=True)
class GapRegression(Result):
    """The share of the gap to a level that the price closes by the end of a window.

    Attributes:
        beside: the other regressors: none, `prior_close`, or that and `mean_close_20`.
        n: number of windows in which all regressors are known.
        coefficient: of the gap: 0 the level has no effect, 1 the price ends at the level; None where it is not identified.
        ci: 95% confidence interval of the coefficient; None where there are too few independent windows to test.
        p_value: two-sided; None likewise.
        minimum_detectable: the smallest true coefficient that would be found significant in four cases of five; None likewise.
    """

    beside: tuple[str, ...]
    n: int
    coefficient: float | None
    ci: tuple[float, float] | None
    p_value: float | None
    minimum_detectable: float | None


def gap_regressions(windows: Windows, prices: Prices) -> tuple[GapRegression, ...]:
    """The share of the gap that is closed: alone, then with each set of controls (`GapRegression.beside`)."""
    placed = windows.placed
    before = 1 / (1 + move_between(prices, placed.column, placed.row - 1, placed.row)) - 1
    past = mean_close(prices, placed.row, placed.column) / placed.spot - 1
    controls = {"prior_close": before, "mean_close_20": past}
    rows = []
    for count in range(len(controls) + 1):
        names = tuple(controls)[:count]
        columns = np.stack([windows.gap, *(controls[name] for name in names)], axis=1)
        known = np.asarray(np.isfinite(columns).all(axis=1), np.bool_)
        slope = _slope(windows.of(known), columns[known], prices)
        rows.append(
            GapRegression(names, int(known.sum()), slope.difference, slope.ci, slope.p_value, slope.minimum_detectable)
        )
    return tuple(rows)


def _slope(windows: Windows, columns: Floats, prices: Prices) -> Contrast:
    """The coefficient of the first column."""
    weights = np.zeros_like(columns)
    for symbol in np.unique(windows.placed.column):
        chosen = np.flatnonzero(windows.within(symbol))
        rows = windows.placed.row[chosen]
        away = far(rows, rows, windows.longest).astype(np.float64)
        count = away.sum(axis=1, keepdims=True)
        judged = columns[chosen] * (count > 0)
        weights[chosen] = judged - (away / np.where(count > 0, count, 1.0)).T @ judged
    used = int((np.abs(weights).sum(axis=1) > 0).sum())
    moments = weights.T @ columns
    size = np.sqrt((columns**2).sum(axis=0))
    if (
        used < FEWEST
        or not size.all()
        or np.linalg.svd(moments / np.outer(size, size), compute_uv=False)[-1] < COLLINEAR
    ):
        return Contrast()
    inverse = np.linalg.inv(moments)
    coefficients = inverse @ (weights.T @ windows.move)
    weight = weights @ inverse[0]
    residual = windows.move - columns @ coefficients
    expected = columns @ coefficients + _means(residual, windows.placed.column)
    day, influence = booked(windows, weight, expected, prices)
    # booked by session, overlapping windows are as good as independent ones; very few are not tested in any case
    independent = len(np.unique(day)) if windows_in(windows.day, windows.longest) >= FEWEST else 0
    return contrast(float(coefficients[0]), [(day, influence)], 1, independent)


def booked(windows: Windows, weight: Floats, expected: Floats, prices: Prices) -> tuple[Integers, Floats]:
    """Each window's move less what was expected, weighted, by the days of all symbols; what was expected is spread evenly."""
    close = _carried(prices.close * prices.shares)
    spot = windows.placed.spot * prices.shares[windows.placed.row, windows.placed.column]
    start = windows.placed.row
    days, values = [], []
    for step in range(1, int(windows.sessions.max()) + 1 if len(windows) else 1):
        inside = windows.sessions >= step
        row, column = (start + step)[inside], windows.placed.column[inside]
        moved = (close[row, column] - close[row - 1, column]) / spot[inside]
        days.append(prices.day[row, column])
        values.append(weight[inside] * (moved - (expected / windows.sessions)[inside]))
    return np.concatenate(days), np.concatenate(values)


def _means(values: Floats, group: Integers) -> Floats:
    """The mean of each entry's group."""
    total, count = np.bincount(group, values), np.bincount(group)
    return np.asarray((total / np.maximum(count, 1))[group], np.float64)


def _carried(close: Floats) -> Floats:
    """Closes with that of the session before where there is none."""
    place = np.where(np.isfinite(close), np.arange(len(close))[:, None], 0)
    last = np.maximum.accumulate(place, axis=0)
    return np.asarray(np.take_along_axis(close, last, axis=0), np.float64)
