"""Prices as traded on the sessions of their exchange, with expected moves and splits.

Levels are strikes: they are compared with prices as traded, dividends included. Over a split they are carried as strikes
are: a price of a later session is multiplied by the shares that one share has become since.

Each symbol is counted on its own sessions, so that a window of five sessions is five of its exchange; `day` is the place of
a session on the calendar that all symbols share, on which outcomes of several symbols are added up.

The volatility of a session is that known at its close: the implied one at the money, where the symbol's chains give it on
most days with levels, else an exponentially weighted mean of squared daily returns with weight 0.94 on the past
(J.P. Morgan 1996, RiskMetrics Technical Document, 4th ed., section 5.2). A symbol has one or the other throughout, so that a
distance in standard deviations means the same on all its days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from flowbt.calendar import next_session
from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.evaluation.forward_returns import Outcomes, outcomes_of
from flowbt.evaluation.inference import Floats, Integers
from flowbt.evaluation.return_definition import Jump, jumps
from flowbt.exchanges import DEFAULT_EXCHANGE

DECAY: Final = 0.94
FIRST_RETURNS: Final = 20
"""Returns whose mean square the weighted mean starts from; before them no volatility is known."""
MOSTLY: Final = 0.8
SATURDAY: Final = 5
ROUNDING: Final = 1e-12
"""Relative difference by which two equal prices may differ when computed in two ways."""


@dataclass(frozen=True)
class Prices:
    """Each symbol's own sessions down, symbols across; NaN where unknown, and below a symbol's last session.

    Attributes:
        dates: the calendar that they share: every session of any symbol.
        symbols: ascending.
        high: the day's, as traded.
        low: the day's, as traded.
        close: the day's, as traded.
        sigma: standard deviation of the next session's log return, as known at the close.
        shares: what one share of the first session has become by splits.
        day: the place of each session among `dates`.
        implied: of each symbol, whether `sigma` is implied by its options.
        jumps: those that neither a split nor a dividend on file explains.
        beyond: of each symbol, the first session after its prices: a day before it is settled within them, as the Saturday
            after the last bar is.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    high: Floats
    low: Floats
    close: Floats
    sigma: Floats
    shares: Floats
    day: Integers
    implied: tuple[bool, ...]
    jumps: tuple[Jump, ...] = ()
    beyond: tuple[date, ...] = ()

    def __len__(self) -> int:
        return len(self.close)

    def became(self, column: Integers | int, start: Integers, end: Integers) -> Floats:
        """How many shares one share of a session has become by another: exactly 1 where there was no split between them."""
        return np.asarray(self.shares[end, column] / self.shares[start, column], np.float64)

    def session(self, days: Integers, column: Integers) -> Integers:
        """The last session of each symbol up to a place among `dates`; -1 before its first."""
        count = np.full((len(self.dates), len(self.symbols)), -1, np.int64)
        for own, of in enumerate(self.day.T):
            traded = of[of >= 0]
            count[:, own] = np.searchsorted(traded, np.arange(len(self.dates)), side="right") - 1
        return np.asarray(count[days, column], np.int64)


def prices_of(
    bars: pl.DataFrame, actions: pl.DataFrame | None = None, exchanges: Mapping[str, str | None] | None = None
) -> Prices:
    """The bars as prices, with realised volatility.

    Args:
        bars: `flowbt.schema.PRICE_BARS`; `high` and `low` may be null, where only closes are known.
        actions: `flowbt.schema.CORPORATE_ACTIONS`.
        exchanges: as in `outcomes_of`.
    """
    outcomes = outcomes_of(bars, "close", actions, exchanges)
    day = np.full(outcomes.session.shape, -1, np.int64)
    for column, traded in enumerate(outcomes.session.T):
        day[: int(traded.sum()), column] = np.flatnonzero(traded)
    day = day[: int(outcomes.session.sum(axis=0).max(initial=0))]

    def own(values: Floats) -> Floats:
        return np.where(day >= 0, np.take_along_axis(values, np.maximum(day, 0), axis=0), np.nan)

    high, low, close = (own(values) for values in (outcomes.high, outcomes.low, outcomes.close))
    volatility = realised_volatility(np.log1p(own(outcomes.past(1))))
    shares = np.nan_to_num(own(outcomes.splits), nan=1.0)
    implied = (False,) * len(outcomes.symbols)
    found = tuple(jumps(outcomes))
    beyond = tuple(
        _beyond(outcomes, column, (exchanges or {}).get(symbol, DEFAULT_EXCHANGE))
        for column, symbol in enumerate(outcomes.symbols)
        if outcomes.dates
    )
    return Prices(outcomes.dates, outcomes.symbols, high, low, close, volatility, shares, day, implied, found, beyond)


def _beyond(outcomes: Outcomes, column: int, exchange: str | None) -> date:
    """The first session after the prices of a symbol; of one on no exchange, the day after, or the Monday if it has no weekends."""
    if exchange is not None:
        return next_session(outcomes.dates[-1], exchange)
    own = [day for day, traded in zip(outcomes.dates, outcomes.session[:, column].tolist(), strict=True) if traded]
    following = own[-1] + timedelta(days=1)
    if all(day.weekday() < SATURDAY for day in own) and following.weekday() >= SATURDAY:
        return following + timedelta(days=7 - following.weekday())
    return following


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
    for column, symbol in enumerate(prices.symbols):
        if symbol in chosen:
            own = prices.day[prices.day[:, column] >= 0, column]
            rows = {prices.dates[day]: row for row, day in enumerate(own.tolist())}
            sigma[:, column], flags[column] = np.nan, True
            for day, iv in known.filter(pl.col("symbol") == symbol).select("date", "iv").iter_rows():
                if day in rows:
                    sigma[rows[day], column] = iv / np.sqrt(SESSIONS_PER_YEAR)
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
