"""Price bars laid on the sessions of their exchange, with the splits and dividends on file.

One row per symbol and one column per session, from the first session of the evaluated range to its last, NaN where a
bar is missing: a gap in the data is a fact the kernel sees, not two sessions that became neighbours. A bar counts as
missing when any of its four prices is null, not finite or not positive.

Prices stay as traded. `shares` and `dividends` carry them over splits and dividends (`flowbt.corporate_actions`).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.calendar import sessions
from flowbt.corporate_actions import LEFT_OUT, carry
from flowbt.errors import FlowbtError

Prices = npt.NDArray[np.float64]
OHLC = ("open", "high", "low", "close")


@dataclass(frozen=True)
class BarGrid:
    """Bars of several symbols over consecutive sessions.

    Attributes:
        sessions: ascending, none left out.
        symbols: in alphabetical order; all that the bars hold, those without a bar in the range included.
        open: USD as traded, shape (symbols, sessions), NaN where the bar is missing; so are `high`, `low` and `close`.
        high: see `open`.
        low: see `open`.
        close: see `open`.
        shares: the shares that one share of the first session has become by splits; same shape, 1 without splits.
        dividends: USD received so far for one share of the first session; same shape, 0 without dividends.
        splits_not_in_bars: splits on file that the bars do not show, and which are not applied: `symbol, date, value`.
        dividends_in_prices: dividends on file for which the prices are adjusted, and which are not paid again, likewise.
        off_calendar: bars of the range that were left out because they are dated on no session.
    """

    sessions: tuple[date, ...]
    symbols: tuple[str, ...]
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    shares: Prices
    dividends: Prices
    splits_not_in_bars: pl.DataFrame
    dividends_in_prices: pl.DataFrame
    off_calendar: int

    @property
    def marks(self) -> Prices:
        """The last known close of what one share of the first session has become, USD; NaN before the first bar."""
        known = np.where(np.isnan(self.close), 0, np.arange(len(self.sessions)))
        return np.take_along_axis(self.close * self.shares, np.maximum.accumulate(known, axis=1), axis=1)

    def places(self, days: pl.Series) -> npt.NDArray[np.int64]:
        """For each day, how many sessions of the grid lie on or before it (so: the place of the first one after)."""
        return np.searchsorted(as_days(self.sessions), days.to_numpy().astype("datetime64[D]"), side="right")

    def dates(self, places: npt.NDArray[np.int64]) -> pl.Series:
        """The dates of these places of the grid."""
        return pl.Series(as_days(self.sessions)[places], dtype=pl.Date)


def lay_out(bars: pl.DataFrame, first: date, last: date, exchange: str, actions: pl.DataFrame | None = None) -> BarGrid:
    """The bars from `first` to `last` (sessions, both included) on the exchange's sessions.

    Args:
        bars: `schema.PRICE_BARS`; (symbol, date) must be unique.
        first: where the grid begins, whether or not there is a bar.
        last: where it ends.
        exchange: whose calendar, as a MIC.
        actions: `schema.CORPORATE_ACTIONS`, splits and dividends.

    Raises:
        FlowbtError: two bars of one symbol and date.
    """
    symbols = bars["symbol"].unique().sort()
    days = sessions(first, last, exchange)
    inside = bars.filter(pl.col("date").is_between(first, last))
    on_grid = inside.filter(pl.col("date").is_in(days))
    _refuse_duplicates(on_grid)
    usable = on_grid.filter(pl.all_horizontal((pl.col(name).is_finite() & (pl.col(name) > 0)) for name in OHLC))
    rows = symbols.search_sorted(usable["symbol"]).to_numpy()
    columns = np.searchsorted(as_days(days), usable["date"].to_numpy().astype("datetime64[D]"))

    def spread(name: str) -> Prices:
        values = np.full((len(symbols), len(days)), np.nan)
        values[rows, columns] = usable[name].fill_null(np.nan).to_numpy()
        return values

    prices = {name: spread(name) for name in OHLC}
    carried = carry(actions, symbols, as_days(days), prices["open"], prices["close"], spread("adj_close"))
    return BarGrid(
        sessions=tuple(days),
        symbols=tuple(symbols),
        **prices,
        shares=carried.shares,
        dividends=carried.dividends,
        splits_not_in_bars=carried.splits_not_in_bars,
        dividends_in_prices=carried.dividends_in_prices,
        off_calendar=inside.height - on_grid.height,
    )


def side_by_side(grids: list[BarGrid]) -> BarGrid:
    """Grids of different sessions and symbols as one, over all their sessions; a closed exchange has no bars that day."""
    if len(grids) == 1:
        return grids[0]
    days = sorted({day for grid in grids for day in grid.sessions})
    symbols = sorted(symbol for grid in grids for symbol in grid.symbols)

    def laid(name: str, before: float) -> Prices:
        whole = np.full((len(symbols), len(days)), before)
        for grid in grids:
            own: Prices = getattr(grid, name)
            rows = np.searchsorted(symbols, grid.symbols)
            if np.isnan(before):
                whole[np.ix_(rows, np.searchsorted(as_days(days), as_days(grid.sessions)))] = own
            else:
                # what is carried stays as it is while the exchange is closed
                at = np.searchsorted(as_days(grid.sessions), as_days(days), side="right") - 1
                whole[rows] = np.where(at >= 0, own[:, np.maximum(at, 0)], before)
        return whole

    return BarGrid(
        sessions=tuple(days),
        symbols=tuple(symbols),
        **{name: laid(name, np.nan) for name in OHLC},
        shares=laid("shares", 1.0),
        dividends=laid("dividends", 0.0),
        splits_not_in_bars=pl.concat([grid.splits_not_in_bars for grid in grids]).sort(*LEFT_OUT),
        dividends_in_prices=pl.concat([grid.dividends_in_prices for grid in grids]).sort(*LEFT_OUT),
        off_calendar=sum(grid.off_calendar for grid in grids),
    )


def as_days(days: tuple[date, ...] | list[date]) -> npt.NDArray[np.datetime64]:
    """Dates as numpy's."""
    return np.array(days, dtype="datetime64[D]")


def _refuse_duplicates(bars: pl.DataFrame) -> None:
    twice = bars.filter(pl.struct("symbol", "date").is_duplicated())
    if not twice.is_empty():
        symbol, day = twice.select("symbol", "date").row(0)
        raise FlowbtError(f"{symbol} has more than one price bar on {day}; keep one of them")
