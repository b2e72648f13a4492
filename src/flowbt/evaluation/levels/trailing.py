"""Where the price came from: open interest, and so most levels, is placed around past prices."""

from typing import Final

import numpy as np

from flowbt.evaluation.inference import Floats, Integers
from flowbt.evaluation.levels.prices import ROUNDING, Prices

PAST: Final = 20
"""Sessions whose mean close stands for where the open interest was opened."""


def mean_close(prices: Prices, row: Integers, column: Integers) -> Floats:
    """Mean close of the last `PAST` sessions, that of the row included, in the shares of the row; NaN before there are so many."""
    rows = [np.maximum(row - lag, 0) for lag in range(PAST)]
    back = np.stack([prices.close[past, column] / prices.became(column, past, row) for past in rows])
    return np.where(row >= PAST - 1, back.mean(axis=0), np.nan)


def direction(prices: Prices, column: int) -> Floats:
    """On which side of its mean close each session's price is: 1 above, -1 below, NaN where it is not known."""
    rows = np.arange(len(prices))
    close = prices.close[:, column]
    above = close - mean_close(prices, rows, np.full(len(rows), column))
    # the mean of equal closes may differ from them in the last digit
    return np.asarray(np.sign(np.where(np.abs(above) < ROUNDING * close, 0.0, above)), np.float64)
