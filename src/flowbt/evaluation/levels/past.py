"""Where the price came from: what open interest, and so most levels, is placed around."""

from typing import Final

import numpy as np

from flowbt.evaluation.inference import Floats, Integers
from flowbt.evaluation.levels.prices import Prices

PAST: Final = 20
"""Sessions whose mean close stands for where the open interest was opened."""


def mean_close(prices: Prices, row: Integers, column: Integers) -> Floats:
    """Mean close of the last `PAST` sessions, that of the row included; NaN before there are so many, or after a split."""
    found = np.full(len(row), np.nan)
    splits = prices.splits_so_far()
    whole = (row >= PAST - 1) & (splits[np.maximum(row - PAST + 1, 0), column] == splits[row, column])
    back = np.stack([prices.close[np.maximum(row - lag, 0), column] for lag in range(PAST)])
    found[whole] = back[:, whole].mean(axis=0)
    return found


def direction(prices: Prices, column: int) -> Floats:
    """On which side of its mean close each session's price is: 1 above, -1 below, NaN where it is not known."""
    rows = np.arange(len(prices.dates))
    return np.asarray(
        np.sign(prices.close[:, column] - mean_close(prices, rows, np.full(len(rows), column))), np.float64
    )
