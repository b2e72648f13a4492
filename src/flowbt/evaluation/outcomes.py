"""What the price did next: the one place in flowbt that looks ahead.

A verdict of session t can be acted on at the open of t+1 at the earliest, so a return over H sessions runs from the open
of t+1 to the open of t+1+H, and the last H+1 sessions have none.

    entry        starts at       after H sessions
    next_open    open of t+1     open of t+1+H
    next_close   close of t+1    close of t+1+H
    close        close of t      close of t+H      (what followed, not what could be traded)

Everything is a move between two moments counted in sessions from the entry: `between(0, 5)` is the return over five
sessions, `between(5, 10)` that of the five after them, `between(0, -3)` what a path back to three sessions before shows.

Returns are on total-return prices: by the bars' adjusted close where both ends have one, else as traded, with the splits and
dividends on file put in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

import numpy as np
import polars as pl

from flowbt.calendar import sessions
from flowbt.evaluation.inference import Floats

Entry = Literal["next_open", "next_close", "close"]
ENTRIES: Final[tuple[Entry, ...]] = get_args(Entry)
SIDES: Final[dict[Entry, tuple[str, int]]] = {
    "next_open": ("open", 1),
    "next_close": ("close", 1),
    "close": ("close", 0),
}
"""The price an entry is made at, and how many sessions after the verdict."""

PRICES: Final = ("traded", "adjusted", "high", "low", "close", "traded_close", "adjusted_close")


@dataclass(frozen=True)
class Outcomes:
    """Prices on the exchange's sessions, and the moves between them: sessions down, symbols across, NaN where unknown.

    Attributes:
        dates: every session from the first bar to the last, ascending.
        symbols: ascending.
        entry: where a move starts.
        traded: the entry's price as traded, with splits and dividends on file put in.
        adjusted: the same by the adjusted close.
        high: the day's, as traded.
        low: the day's, as traded.
        close: the day's, as traded.
        traded_close: the close, with splits and dividends on file put in.
        adjusted_close: the same by the bars' own adjustment.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    entry: Entry
    traded: Floats
    adjusted: Floats
    high: Floats
    low: Floats
    close: Floats
    traded_close: Floats
    adjusted_close: Floats

    def of(self, columns: Sequence[int]) -> "Outcomes":
        """Those of some of the symbols, told by their places."""
        kept: list[Floats] = [getattr(self, name)[:, columns] for name in PRICES]
        return Outcomes(self.dates, tuple(self.symbols[column] for column in columns), self.entry, *kept)

    def between(self, start: int, end: int) -> Floats:
        """Total return from `start` to `end` sessions after the entry of each session's verdict, as a fraction."""
        first = SIDES[self.entry][1]
        moves = [_moved(prices, first + start, first + end) for prices in (self.adjusted, self.traded)]
        return np.where(np.isfinite(moves[0]), moves[0], moves[1])

    def following(self, horizon: int) -> Floats:
        """Total return over the `horizon` sessions from the entry."""
        return self.between(0, horizon)

    def known_after(self, horizon: int) -> int:
        """How many sessions after a verdict its outcome is known at the close."""
        return horizon + SIDES[self.entry][1]

    def next_range(self) -> Floats:
        """High over low of the session after the verdict, as a log: how far the price swung in a day."""
        span = np.log(self.high / self.low)
        return _ahead(span, 1)


def outcomes_of(
    bars: pl.DataFrame,
    entry: Entry = "next_open",
    actions: pl.DataFrame | None = None,
    days: Sequence[date] | None = None,
) -> Outcomes:
    """The bars as outcomes.

    Args:
        bars: `flowbt.schema.PRICE_BARS`.
        entry: where a return starts.
        actions: `flowbt.schema.CORPORATE_ACTIONS`: splits and dividends, used where there is no adjusted close.
        days: the sessions, ascending; those of the exchange by default, so that a missing bar is a missing price.
    """
    symbols = tuple(bars["symbol"].unique().sort().to_list())
    if not bars.height:
        empty = np.empty((0, len(symbols)))
        return Outcomes((), symbols, entry, *[empty] * len(PRICES))
    if days is None:
        days = sessions(bars["date"].min(), bars["date"].max())  # type: ignore[arg-type]
    place = pl.DataFrame({"date": days}).with_row_index("row")
    column = pl.DataFrame({"symbol": symbols}, schema={"symbol": pl.String}).with_row_index("column")
    placed = bars.join(place, on="date").join(column, on="symbol")
    at = placed["row"].to_numpy(), placed["column"].to_numpy()

    def matrix(name: str) -> Floats:
        filled = np.full((len(days), len(symbols)), np.nan)
        filled[at] = placed[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return filled

    price, close, adjusted = matrix(SIDES[entry][0]), matrix("close"), matrix("adj_close")
    factor = _factor_of_actions(close, days, symbols, actions)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_close = price * adjusted / close
    by_day = (matrix("high"), matrix("low"), close, close * factor, adjusted)
    return Outcomes(tuple(days), symbols, entry, price * factor, by_close, *by_day)


def forward_returns(
    bars: pl.DataFrame, horizons: Sequence[int], entry: Entry = "next_open", actions: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Forward returns per symbol and session.

    Args:
        bars: `flowbt.schema.PRICE_BARS`.
        horizons: in sessions.
        entry: where the return starts.
        actions: `flowbt.schema.CORPORATE_ACTIONS`.

    Returns:
        `symbol, date` and one column `return_H` per horizon, as fractions, for each session between a symbol's first and
        last bar; null where either end has no bar.
    """
    outcomes = outcomes_of(bars, entry, actions)
    count, width = len(outcomes.dates), len(outcomes.symbols)
    keys = {
        "symbol": pl.Series(np.repeat(np.array(outcomes.symbols, object), count), dtype=pl.String),
        "date": pl.Series(list(outcomes.dates) * width, dtype=pl.Date),
    }
    returns = {f"return_{h}": pl.Series(outcomes.following(h).T.ravel()).fill_nan(None) for h in horizons}
    spans = bars.group_by("symbol").agg(pl.col("date").min().alias("_first"), pl.col("date").max().alias("_last"))
    frame = pl.DataFrame({**keys, **returns}).join(spans, on="symbol", maintain_order="left")
    return frame.filter(pl.col("date").is_between("_first", "_last")).drop("_first", "_last")


def _ahead(values: Floats, by: int) -> Floats:
    """The values of `by` sessions later (earlier, where negative); NaN beyond the ends."""
    moved = np.full_like(values, np.nan)
    if by >= 0:
        moved[: max(len(values) - by, 0)] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved


def _moved(prices: Floats, start: int, end: int) -> Floats:
    return _ahead(prices, end) / _ahead(prices, start) - 1


def _factor_of_actions(
    close: Floats, days: Sequence[date], symbols: Sequence[str], actions: pl.DataFrame | None
) -> Floats:
    """What a price as traded is multiplied by so that splits and dividends leave no step, 1 at the first session.

    A dividend D on its ex-date multiplies all later prices by 1 + D / (C - D), C the close before (CRSP's rule for an
    adjusted close). A split counts only where the prices took its step: bars that were split-adjusted by their source must not be adjusted again.
    """
    step = np.ones_like(close)
    if actions is None:
        return step
    sessions_as_numbers = np.array(days, "datetime64[D]")
    # splits first: a dividend of the same day is counted in new shares
    known = actions.filter(pl.col("symbol").is_in(symbols)).sort("kind", descending=True)
    for symbol, day, kind, value in known.iter_rows():
        row = int(np.searchsorted(sessions_as_numbers, np.datetime64(day)))
        if not 0 < row < len(days):
            continue
        column = symbols.index(symbol)
        before, after = close[row - 1, column] / step[row, column], close[row, column]
        if kind == "split":
            jump = np.log(after / before)
            if abs(jump + np.log(value)) < abs(jump):
                step[row, column] *= value
        elif before > value:
            step[row, column] *= before / (before - value)
    return np.cumprod(step, axis=0).astype(np.float64, copy=False)
