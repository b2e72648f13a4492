"""What the price did next: the one place in flowbt that looks ahead.

A verdict of session t can be acted on at the open of t+1 at the earliest, so a return over H sessions runs from the open
of t+1 to the open of t+1+H, and the last H+1 sessions have none.

    entry        starts at       after H sessions
    next_open    open of t+1     open of t+1+H
    next_close   close of t+1    close of t+1+H
    close        close of t      close of t+H      (what followed, not what could be traded)

Everything is a move between two moments counted in sessions from the entry: `between(0, 5)` is the return over five
sessions, `between(5, 10)` that of the five after them, `between(0, -3)` what a path back to three sessions before shows.

**Sessions** are those of each symbol's own exchange. Symbols of several exchanges share one calendar of dates, on which a
symbol has no price, and no session is counted, where its own exchange is closed.

**Total return** is the price change with splits undone and dividends reinvested on their ex-date; **price return** leaves
dividends out. Splits and dividends come from the bars' adjusted closes where a step has one at both ends, else from the
actions on file, never from both (`flowbt.evaluation.adjustment`). A symbol that has neither adjusted closes nor a dividend on file has
price returns. A move of less than half a tick of the price is 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np
import polars as pl

from flowbt.calendar import sessions
from flowbt.evaluation.adjustment import (
    factor_by_actions,
    factor_by_adjusted_closes,
    half_tick,
    split_factor,
    total_return_factor,
)
from flowbt.evaluation.inference import Bools, Floats, Integers
from flowbt.exchanges import DEFAULT_EXCHANGE

Entry = Literal["next_open", "next_close", "close"]
ENTRIES: Final[tuple[Entry, ...]] = get_args(Entry)
SIDES: Final[dict[Entry, tuple[str, int]]] = {
    "next_open": ("open", 1),
    "next_close": ("close", 1),
    "close": ("close", 0),
}
"""The price an entry is made at, and how many sessions after the verdict."""

PRICES: Final = ("price", "high", "low", "close", "factor", "splits")


@dataclass(frozen=True)
class Outcomes:
    """Prices on the sessions of the symbols' exchanges, and the moves between them: dates down, symbols across, NaN where unknown.

    Attributes:
        dates: every session of any of the exchanges from the first bar to the last, ascending.
        symbols: ascending.
        entry: where a move starts.
        session: whether the symbol's exchange traded on the date.
        price: the one that the entry is made at, as traded.
        high: the day's, as traded.
        low: the day's, as traded.
        close: the day's, as traded.
        factor: by what a price is multiplied to leave no step at splits and dividends.
        splits: the shares that one share of the first session has become, for prices as traded.
    """

    dates: tuple[date, ...]
    symbols: tuple[str, ...]
    entry: Entry
    session: Bools
    price: Floats
    high: Floats
    low: Floats
    close: Floats
    factor: Floats
    splits: Floats

    def of(self, columns: Sequence[int]) -> "Outcomes":
        """The outcomes of some of the symbols, by their column numbers."""
        kept: list[Floats] = [getattr(self, name)[:, columns] for name in PRICES]
        symbols = tuple(self.symbols[column] for column in columns)
        return Outcomes(self.dates, symbols, self.entry, self.session[:, columns], *kept)

    def between(self, start: int, end: int) -> Floats:
        """Return from `start` to `end` sessions after the entry of each session's verdict, as a fraction."""
        first = SIDES[self.entry][1]
        return self._moved(self.price, first + start, first + end)

    def following(self, horizon: int) -> Floats:
        """Return over the `horizon` sessions from the entry."""
        return self.between(0, horizon)

    def past(self, count: int) -> Floats:
        """Return from close to close over the `count` sessions up to each session's, whatever the entry."""
        return self._moved(self.close, -count, 0)

    def known_after(self, horizon: int) -> int:
        """How many dates after a verdict its outcome is known at the close; where exchanges mix, of the latest."""
        count = horizon + SIDES[self.entry][1]
        spans = [rows[count:] - rows[: max(len(rows) - count, 0)] for rows, _ in self.calendars]
        return max((int(span.max()) for span in spans if len(span)), default=count)

    def next_range(self) -> Floats:
        """High over low of the session after the verdict, as a log: how far the price swung in a day."""
        return self.ahead(np.log(self.high / self.low), 1)

    def ahead(self, values: Floats, by: int) -> Floats:
        """The values of `by` sessions later (earlier, where negative); NaN beyond the ends."""
        return self.by_session(values, lambda own: _ahead(own, by))

    def by_session(self, values: Floats, function: Callable[[Floats], Floats]) -> Floats:
        """The function of the values on each symbol's own sessions, as if there were no other dates; NaN on these."""
        if len(self.calendars) == 1 and len(self.calendars[0][0]) == len(self.dates):
            return function(values)
        found = np.full_like(values, np.nan)
        for rows, columns in self.calendars:
            place = np.ix_(rows, columns)
            found[place] = function(values[place])
        return found

    @cached_property
    def calendars(self) -> list[tuple[Integers, Integers]]:
        """The rows of each set of sessions, with the columns of the symbols that have it."""
        if self.session.all():
            return [(np.arange(len(self.dates)), np.arange(len(self.symbols)))]
        kinds, kind = np.unique(self.session, axis=1, return_inverse=True)
        return [(np.flatnonzero(rows), np.flatnonzero(kind.ravel() == number)) for number, rows in enumerate(kinds.T)]

    def _moved(self, prices: Floats, start: int, end: int) -> Floats:
        begun = self.ahead(prices, start)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = self.ahead(self.factor, end) / self.ahead(self.factor, start)
            moves = self.ahead(prices, end) / begun * factor - 1
            none = np.abs(moves) * begun < self.ahead(self._half_tick, max(start, end))
        return np.where(none, 0.0, moves)

    @cached_property
    def _half_tick(self) -> Floats:
        return np.minimum(half_tick(self.close), half_tick(self.price))


def outcomes_of(
    bars: pl.DataFrame,
    entry: Entry = "next_open",
    actions: pl.DataFrame | None = None,
    exchanges: Mapping[str, str | None] | None = None,
) -> Outcomes:
    """The bars as outcomes.

    Args:
        bars: `flowbt.schema.PRICE_BARS`.
        entry: where a return starts.
        actions: `flowbt.schema.CORPORATE_ACTIONS`: splits and dividends, used where there is no adjusted close.
        exchanges: the MIC of each symbol, on whose sessions a missing bar is a missing price; New York where it is not
            given. A symbol with None has a session on each day on which it has a bar.
    """
    symbols = tuple(bars["symbol"].unique().sort().to_list())
    if not bars.height:
        empty = np.empty((0, len(symbols)))
        return Outcomes((), symbols, entry, empty.astype(np.bool_), *[empty] * len(PRICES))
    dates, session = _calendar(bars, symbols, exchanges or {})
    place = pl.DataFrame({"date": dates}).with_row_index("row")
    column = pl.DataFrame({"symbol": symbols}, schema={"symbol": pl.String}).with_row_index("column")
    placed = bars.join(place, on="date").join(column, on="symbol")
    at = placed["row"].to_numpy(), placed["column"].to_numpy()

    def matrix(name: str) -> Floats:
        filled = np.full(session.shape, np.nan)
        filled[at] = placed[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        filled[~session] = np.nan
        return filled

    price, close = matrix(SIDES[entry][0]), matrix("close")
    by_closes = factor_by_adjusted_closes(close, matrix("adj_close"))
    on_file = factor_by_actions(actions, dates, symbols, matrix("open"), close)
    factors = (total_return_factor(on_file, by_closes), split_factor(on_file, by_closes))
    day = (matrix("high"), matrix("low"), close)
    return Outcomes(tuple(dates), symbols, entry, session, price, *day, *factors)


def forward_returns(
    bars: pl.DataFrame,
    horizons: Sequence[int],
    entry: Entry = "next_open",
    actions: pl.DataFrame | None = None,
    exchanges: Mapping[str, str | None] | None = None,
) -> pl.DataFrame:
    """Forward returns per symbol and session.

    Args:
        bars: `flowbt.schema.PRICE_BARS`.
        horizons: in sessions of the symbol's exchange.
        entry: where the return starts.
        actions: `flowbt.schema.CORPORATE_ACTIONS`.
        exchanges: the MIC of each symbol; New York where it is not given.

    Returns:
        `symbol, date` and one column `return_H` per horizon, as fractions, for each session between a symbol's first and
        last bar; null where either end has no bar.
    """
    outcomes = outcomes_of(bars, entry, actions, exchanges=exchanges)
    count, width = len(outcomes.dates), len(outcomes.symbols)
    keys = {
        "symbol": pl.Series(np.repeat(np.array(outcomes.symbols, object), count), dtype=pl.String),
        "date": pl.Series(list(outcomes.dates) * width, dtype=pl.Date),
        "_session": pl.Series(outcomes.session.T.ravel()),
    }
    returns = {f"return_{h}": pl.Series(outcomes.following(h).T.ravel()).fill_nan(None) for h in horizons}
    spans = bars.group_by("symbol").agg(pl.col("date").min().alias("_first"), pl.col("date").max().alias("_last"))
    frame = pl.DataFrame({**keys, **returns}).join(spans, on="symbol", maintain_order="left")
    within = pl.col("_session") & pl.col("date").is_between("_first", "_last")
    return frame.filter(within).drop("_session", "_first", "_last")


def _calendar(
    bars: pl.DataFrame, symbols: Sequence[str], exchanges: Mapping[str, str | None]
) -> tuple[list[date], Bools]:
    """The dates, and on which of them each symbol has a session."""
    span = bars["date"].min(), bars["date"].max()
    own: dict[str, list[date]] = {}
    for symbol in symbols:
        exchange = exchanges.get(symbol, DEFAULT_EXCHANGE)
        days = bars.filter(pl.col("symbol") == symbol)["date"].to_list() if exchange is None else None
        own[symbol] = sessions(*span, exchange) if days is None else days  # type: ignore[arg-type]
    dates = sorted({day for days in own.values() for day in days})
    place = np.array(dates, "datetime64[D]")
    return dates, np.stack([np.isin(place, np.array(days, "datetime64[D]")) for days in own.values()], axis=1)


def _ahead(values: Floats, by: int) -> Floats:
    moved = np.full_like(values, np.nan)
    if by >= 0:
        moved[: max(len(values) - by, 0)] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved
