"""Levels aligned with prices: the session each is known on, its close, and the levels that cannot be evaluated.

A level dated t is known at the close of t: it is compared with that close, and with bars from the next session on. One dated
on a day without a session is known at the close before.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from flowbt.evaluation.inference import Bools, Floats, Integers
from flowbt.evaluation.levels.prices import Prices

LEVELS: Final[dict[str, pl.DataType]] = {
    "symbol": pl.String(),
    "date": pl.Date(),
    "kind": pl.String(),
    "level": pl.Float64(),
    "expiration": pl.Date(),
}
"""Columns of a frame of levels; `expiration` is null where a level belongs to no expiry."""

REACH: Final = 2.0
"""A level at more than this multiple of the price, or below its inverse, is on another scale, such as one before a split."""
UNDATED: Final = -1
UNKNOWN: Final = -2


@dataclass(frozen=True)
class Placed:
    """Levels, one entry each, on the prices' sessions.

    Attributes:
        row: the session at whose close it is known.
        column: its symbol.
        level: USD.
        spot: the close of that session, USD.
        expiry: the session on which its expiry settles, the last one up to that day; `UNDATED` where it belongs to no
            expiry, `UNKNOWN` where that is after the prices end.
    """

    row: Integers
    column: Integers
    level: Floats
    spot: Floats
    expiry: Integers

    def of(self, chosen: Bools) -> "Placed":
        """The chosen levels."""
        return Placed(*(values[chosen] for values in vars(self).values()))

    @property
    def gap(self) -> Floats:
        """How far the level is above the price, as a fraction of the price."""
        return self.level / self.spot - 1

    def __len__(self) -> int:
        return len(self.row)


def place(levels: pl.DataFrame, prices: Prices) -> tuple[pl.DataFrame, dict[str, int]]:
    """The levels with their sessions, and how many were left out, by reason.

    Args:
        levels: `LEVELS`; equal rows count once.
        prices: of their symbols.

    Returns:
        `LEVELS` and `row, column, spot, expiry`, in order; and counts by `no_level` (no positive number), `no_prices` (of
        the symbol, or on the day), `out_of_reach` (see `REACH`).
    """
    unique = levels.select(*LEVELS).unique().sort("symbol", "date", "kind", "expiration", "level")
    symbol = unique["symbol"].to_list()
    known = {name: column for column, name in enumerate(prices.symbols)}
    column = np.array([known.get(name, UNKNOWN) for name in symbol], np.int64)
    row = _session(unique["date"], prices, column)
    level = unique["level"].fill_null(np.nan).to_numpy()
    spot = np.full(len(level), np.nan)
    there = (column >= 0) & (row >= 0)
    spot[there] = prices.close[row[there], column[there]]
    with np.errstate(invalid="ignore", divide="ignore"):
        no_level = ~(np.isfinite(level) & (level > 0))
        no_prices = ~no_level & ~np.isfinite(spot)
        far = ~no_level & ~no_prices & (np.abs(np.log(level / spot)) > np.log(REACH))
    placed = unique.with_columns(
        row=row, column=column, spot=spot, expiry=_session(unique["expiration"], prices, column)
    )
    counts = {"no_level": no_level.sum(), "no_prices": no_prices.sum(), "out_of_reach": far.sum()}
    return placed.filter(~(no_level | no_prices | far)), {name: int(n) for name, n in counts.items() if n}


def placed_of(frame: pl.DataFrame) -> Placed:
    """The rows of a frame from `place` as arrays."""
    return Placed(
        frame["row"].to_numpy(),
        frame["column"].to_numpy(),
        frame["level"].to_numpy(),
        frame["spot"].to_numpy(),
        frame["expiry"].to_numpy(),
    )


def _session(dates: pl.Series, prices: Prices, column: Integers) -> Integers:
    """The symbol's last session up to each date; `UNDATED` for no date, `UNKNOWN` before its first, without prices, or beyond them."""
    days, beyond = (np.array(dates, "datetime64[D]") for dates in (prices.dates, prices.beyond))
    session = np.full(len(dates), UNDATED, np.int64)
    dated = dates.is_not_null().to_numpy()
    day, of = dates.drop_nulls().to_numpy().astype("datetime64[D]"), column[dated]
    row = np.full(len(day), UNKNOWN, np.int64)
    inside = np.zeros(len(day), np.bool_)
    if len(days):
        inside = (day >= days[0]) & (day < beyond[np.maximum(of, 0)]) & (of >= 0)
    row[inside] = prices.session(np.searchsorted(days, day[inside], side="right") - 1, of[inside])
    session[dated] = np.where(row >= 0, row, UNKNOWN)
    return session
