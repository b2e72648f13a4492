"""Prices as traded on the exchange's sessions, how far they are expected to move, and where they were split.

Levels are strikes: they are compared with prices as traded, never with adjusted ones, and a window over a split is left out.

The volatility of a session is that known at its close: the implied one at the money, where the symbol's chains give it on
most days with levels, else an exponentially weighted mean of squared daily returns with weight 0.94 on the past
(J.P. Morgan 1996, RiskMetrics Technical Document, 4th ed., section 5.2). A symbol has one or the other throughout, so that a
distance in standard deviations means the same on all its days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from flowbt.evaluation.inference import Bools, Floats
from flowbt.evaluation.outcomes import Outcomes, outcomes_of

DECAY: Final = 0.94
FIRST_RETURNS: Final = 20
"""Returns whose mean square the weighted mean starts from; before them no volatility is known."""
MOSTLY: Final = 0.8
SESSIONS_A_YEAR: Final = 252


@dataclass(frozen=True)
class Prices:
    """Sessions down, symbols across; NaN where unknown.

    Attributes:
        dates: consecutive sessions.
        symbols: ascending.
        high: the day's, as traded.
        low: the day's, as traded.
        close: the day's, as traded.
        sigma: standard deviation of the next session's log return, as known at the close.
        split: whether a split took effect on the session.
        implied: of each symbol, whether `sigma` is implied by its options.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    high: Floats
    low: Floats
    close: Floats
    sigma: Floats
    split: Bools
    implied: tuple[bool, ...]

    def splits_so_far(self) -> Floats:
        """How many splits there were up to each session: two sessions with the same number have none between them."""
        return np.cumsum(self.split, axis=0).astype(np.float64)


def prices_of(bars: pl.DataFrame, actions: pl.DataFrame | None = None) -> Prices:
    """The bars as prices, with realised volatility.

    Args:
        bars: `flowbt.schema.PRICE_BARS`; `high` and `low` may be null, where only closes are known.
        actions: `flowbt.schema.CORPORATE_ACTIONS`.
    """
    outcomes = outcomes_of(bars, "close", actions)
    return Prices(
        outcomes.dates,
        outcomes.symbols,
        outcomes.high,
        outcomes.low,
        outcomes.close,
        realised_volatility(np.log1p(outcomes.between(-1, 0))),
        _splits(outcomes, actions),
        (False,) * len(outcomes.symbols),
    )


def with_implied(prices: Prices, implied: pl.DataFrame | None, levels: pl.DataFrame) -> Prices:
    """The prices with implied volatility for the symbols that have it on most of their days with levels.

    Args:
        prices: with realised volatility.
        implied: `symbol, date, iv`, at the money, a year.
        levels: `symbol, date`, the days on which it is needed.
    """
    if implied is None or not implied.height:
        return prices
    known = implied.filter(pl.col("iv") > 0).select("symbol", "date", "iv")
    days = levels.select("symbol", "date").unique()
    found = (
        days.join(known, on=["symbol", "date"], how="left").group_by("symbol").agg(pl.col("iv").is_not_null().mean())
    )
    chosen = set(found.filter(pl.col("iv") >= MOSTLY)["symbol"])
    sigma, flags = prices.sigma.copy(), list(prices.implied)
    rows = {day: row for row, day in enumerate(prices.dates)}
    for column, symbol in enumerate(prices.symbols):
        if symbol in chosen:
            sigma[:, column], flags[column] = np.nan, True
            for day, iv in known.filter(pl.col("symbol") == symbol).select("date", "iv").iter_rows():
                if day in rows:
                    sigma[rows[day], column] = iv / np.sqrt(SESSIONS_A_YEAR)
    return replace(prices, sigma=sigma, implied=tuple(flags))


def realised_volatility(returns: Floats) -> Floats:
    """Exponentially weighted volatility of daily log returns, that of a session included, in units of one session.

    A session without a return leaves it as it was. NaN before `FIRST_RETURNS` returns are known.
    """
    sigma = np.full_like(returns, np.nan)
    count = np.zeros(returns.shape[1])
    variance = np.zeros(returns.shape[1])
    for row, squared in enumerate(returns**2):
        known = np.isfinite(squared)
        value = np.where(known, squared, 0.0)
        starting = known & (count < FIRST_RETURNS)
        going = known & ~starting
        variance = np.where(starting, variance + value / FIRST_RETURNS, variance)
        variance = np.where(going, DECAY * variance + (1 - DECAY) * value, variance)
        count += known
        ready = (count >= FIRST_RETURNS) & (variance > 0)
        sigma[row] = np.where(ready, np.sqrt(variance), np.nan)
    return sigma


def _splits(outcomes: Outcomes, actions: pl.DataFrame | None) -> Bools:
    split = np.zeros(outcomes.close.shape, np.bool_)
    if actions is None or not len(outcomes.dates):
        return split
    days = np.array(outcomes.dates, "datetime64[D]")
    known = actions.filter((pl.col("kind") == "split") & pl.col("symbol").is_in(_as_list(outcomes.symbols)))
    for symbol, day in known.select("symbol", "date").iter_rows():
        row = int(np.searchsorted(days, np.datetime64(day)))
        if row < len(days):
            split[row, outcomes.symbols.index(symbol)] = True
    return split


def _as_list(symbols: Sequence[str]) -> list[str]:
    return list(symbols)
