"""Splits and dividends: by what a price is multiplied to be comparable with an earlier one.

A return from s to t is `price[t] / price[s] x factor[t] / factor[s] - 1`. Between two corporate actions the factor is
constant to the bit, so that a return with adjusted closes equals the one without them: equal prices are no move, however
the adjusted closes were rounded. Two sources give a factor, and `total_return_factor` uses one of them for each step:

- `factor_by_adjusted_closes`: the ratio of adjusted to unadjusted close. It moves only where the two closes, as precise as
  their decimals are, cannot have the ratio of the days before.
- `factor_by_actions`: the splits and dividends on file, for steps from or to a day without an adjusted close.

All look back only. Matrices have sessions down and symbols across; NaN is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from flowbt.corporate_actions import carry
from flowbt.evaluation.inference import Floats, Integers

FEWEST_DECIMALS: Final = 2
"""A price that happens to be round is not known to fewer decimals than this."""
MOST_DECIMALS: Final = 8
SINGLE: Final = 1.2e-7
"""Relative precision of a number that was once stored in single precision."""


@dataclass(frozen=True)
class ActionFactors:
    """What the actions on file do to prices, 1 at the first session.

    Attributes:
        total: for total returns: splits and dividends.
        splits: splits alone: how many shares one share of the first session has become.
    """

    total: Floats
    splits: Floats


def half_tick(prices: Floats) -> Floats:
    """Half of the smallest step that prices up to each session can make: half of their last decimal, at most 0.005.

    A price that is unknown has the tick of the session before.
    """
    decimals = np.full(prices.shape, MOST_DECIMALS, np.int64)
    known = np.isfinite(prices)
    for places in range(MOST_DECIMALS - 1, FEWEST_DECIMALS - 1, -1):
        scaled = np.where(known, prices, 0.0) * 10.0**places
        decimals[np.abs(scaled - np.rint(scaled)) <= SINGLE * np.abs(scaled) + 1e-9] = places
    return np.asarray(0.5 * 10.0 ** -np.maximum.accumulate(decimals, axis=0), np.float64)


def factor_by_adjusted_closes(close: Floats, adjusted: Floats) -> Floats:
    """Adjusted over unadjusted close, held constant until the closes contradict it; NaN where either close is unknown.

    The ratio of a day is known to within the last decimal of the adjusted close, and an action that moves the price by less
    than half a tick is none. A stretch of days whose ratios can all be the same one has the ratio of its first day.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = adjusted / close
        doubt = (half_tick(adjusted) + SINGLE * np.abs(adjusted)) / close + 0.5 * ratio * half_tick(close) / close
    known = np.isfinite(ratio)
    factor = np.full_like(ratio, np.nan)
    held = np.full(ratio.shape[1], np.nan)
    low, high = np.full_like(held, -np.inf), np.full_like(held, np.inf)
    for row in range(len(ratio)):
        there = known[row]
        least, most = ratio[row] - doubt[row], ratio[row] + doubt[row]
        starts = there & (np.isnan(held) | (np.maximum(low, least) > np.minimum(high, most)))
        goes_on = there & ~starts
        held = np.where(starts, ratio[row], held)
        low = np.where(starts, least, np.where(goes_on, np.maximum(low, least), low))
        high = np.where(starts, most, np.where(goes_on, np.minimum(high, most), high))
        factor[row] = np.where(there, held, np.nan)
    return factor


def factor_by_actions(
    actions: pl.DataFrame | None, days: Sequence[date], symbols: Sequence[str], opens: Floats, closes: Floats
) -> ActionFactors:
    """What the splits and dividends on file do to the prices, from the first bar on or after their ex-date.

    A split multiplies all prices from there on by the new shares for an old one, where the bars show it
    (`flowbt.corporate_actions`). A dividend D multiplies them by C / (C - D), C being the last close before, in the same
    shares (CRSP's rule for an adjusted close).

    Args:
        actions: `flowbt.schema.CORPORATE_ACTIONS`; those of other symbols change nothing.
        days: ascending.
        symbols: the columns, ascending.
        opens: as traded; the close stands for an open that is unknown.
        closes: as traded.

    Raises:
        FlowbtError: an action is neither a split nor a dividend, or its value is not a positive number.
    """
    names = pl.Series(symbols, dtype=pl.String)
    carried = carry(actions, names, np.array(days, "datetime64[D]"), opens.T, closes.T)
    bar = np.maximum.accumulate(np.where(np.isfinite(closes), np.arange(len(closes))[:, None], 0), axis=0)
    shares, paid = (np.take_along_axis(held.T, bar, axis=0) for held in (carried.shares, carried.dividends))
    before = np.take_along_axis(closes, bar, axis=0)[:-1]
    splits, total = np.ones_like(closes), np.ones_like(closes)
    splits[1:] = shares[1:] / shares[:-1]
    last, dividend = before / splits[1:], np.diff(paid, axis=0) / shares[1:]
    total[1:] = np.where((dividend > 0) & (dividend < last), last / (last - dividend), 1.0) * splits[1:]
    total, splits = (np.asarray(np.cumprod(steps, axis=0), np.float64) for steps in (total, splits))
    return ActionFactors(total, splits)


def total_return_factor(by_actions: ActionFactors, by_closes: Floats) -> Floats:
    """The factor by the adjusted closes of a day and the last before it that has one; by the actions on file from there on.

    Before the first adjusted close of a symbol it is by the actions on file.
    """
    known = np.isfinite(by_closes)
    last = np.maximum.accumulate(np.where(known, np.arange(len(known))[:, None], -1), axis=0)
    first = np.where(known.any(axis=0), known.argmax(axis=0), 0)
    last = np.where(last < 0, first, last)
    held = np.take_along_axis(np.where(known.any(axis=0), by_closes, 1.0), last, axis=0)
    since = by_actions.total / np.take_along_axis(by_actions.total, last, axis=0)
    return np.asarray(held * since, np.float64)


def split_factor(by_actions: ActionFactors, by_closes: Floats, least: float = 0.2) -> Floats:
    """Shares that one share of the first session has become, for prices as traded.

    By the splits on file; and where none is on file by a step of the adjusted closes of more than `least`, which no
    ordinary dividend makes.
    """
    filled = _carried(by_closes)
    on_file = np.ones_like(filled)
    on_file[1:] = by_actions.splits[1:] / by_actions.splits[:-1]
    step = np.ones_like(filled)
    with np.errstate(invalid="ignore"):
        step[1:] = filled[1:] / filled[:-1]
        large = np.abs(np.log(step)) > np.log1p(least)
    return np.asarray(np.cumprod(np.where((on_file == 1) & large, step, on_file), axis=0), np.float64)


def _carried(values: Floats) -> Floats:
    """Each column's values with the last known one where there is none; NaN before the first."""
    place = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    last: Integers = np.maximum.accumulate(place, axis=0) if len(values) else place
    return np.asarray(np.take_along_axis(values, last, axis=0), np.float64)
