"""Price bars laid on the sessions of the exchange.

One row per symbol and one column per session, from the first session of the evaluated range to its last, NaN where a
bar is missing: a gap in the data is a fact the kernel sees, not two sessions that became neighbours. A bar counts as
missing when any of its four prices is null, not finite or not positive.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from flowbt.calendar import sessions
from flowbt.errors import FlowbtError

Prices = npt.NDArray[np.float64]
OHLC = ("open", "high", "low", "close")


@dataclass(frozen=True)
class BarGrid:
    """Bars of several symbols over consecutive sessions.

    Attributes:
        sessions: ascending, none left out.
        symbols: in alphabetical order; all that the bars hold, those without a bar in the range included.
        open: USD, shape (symbols, sessions), NaN where the bar is missing; so are `high`, `low` and `close`.
        high: see `open`.
        low: see `open`.
        close: see `open`.
        off_calendar: bars of the range that were left out because they are dated on no session.
    """

    sessions: tuple[date, ...]
    symbols: tuple[str, ...]
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    off_calendar: int

    @property
    def marks(self) -> Prices:
        """The last known close of each symbol on each session; NaN before its first bar."""
        known = np.where(np.isnan(self.close), 0, np.arange(len(self.sessions)))
        return np.take_along_axis(self.close, np.maximum.accumulate(known, axis=1), axis=1)

    def places(self, days: pl.Series) -> npt.NDArray[np.int64]:
        """For each day, how many sessions of the grid lie on or before it (so: the place of the first one after)."""
        return np.searchsorted(_as_days(self.sessions), days.to_numpy().astype("datetime64[D]"), side="right")

    def dates(self, places: npt.NDArray[np.int64]) -> pl.Series:
        """The dates of these places of the grid."""
        return pl.Series(_as_days(self.sessions)[places], dtype=pl.Date)


def lay_out(bars: pl.DataFrame, first: date, last: date, exchange: str) -> BarGrid:
    """The bars from `first` to `last` (sessions, both included) on the exchange's sessions.

    Args:
        bars: `schema.PRICE_BARS`; (symbol, date) must be unique.
        first: where the grid begins, whether or not there is a bar.
        last: where it ends.
        exchange: whose calendar, as a MIC.

    Raises:
        FlowbtError: two bars of one symbol and date, or no bar of the range on a session of the exchange.
    """
    symbols = bars["symbol"].unique().sort()
    days = sessions(first, last, exchange)
    inside = bars.filter(pl.col("date").is_between(first, last))
    on_grid = inside.filter(pl.col("date").is_in(days))
    if on_grid.is_empty():
        raise FlowbtError(
            f"no price bar from {first} to {last} lies on a session of {exchange}; check the dates and the exchange"
        )
    _refuse_duplicates(on_grid)
    usable = on_grid.filter(pl.all_horizontal((pl.col(name).is_finite() & (pl.col(name) > 0)) for name in OHLC))
    rows = symbols.search_sorted(usable["symbol"]).to_numpy()
    columns = np.searchsorted(_as_days(days), usable["date"].to_numpy().astype("datetime64[D]"))

    def spread(name: str) -> Prices:
        values = np.full((len(symbols), len(days)), np.nan)
        values[rows, columns] = usable[name].to_numpy()
        return values

    return BarGrid(
        sessions=tuple(days),
        symbols=tuple(symbols),
        open=spread("open"),
        high=spread("high"),
        low=spread("low"),
        close=spread("close"),
        off_calendar=inside.height - on_grid.height,
    )


def _refuse_duplicates(bars: pl.DataFrame) -> None:
    twice = bars.filter(pl.struct("symbol", "date").is_duplicated())
    if not twice.is_empty():
        symbol, day = twice.select("symbol", "date").row(0)
        raise FlowbtError(f"{symbol} has more than one price bar on {day}; keep one of them")


def _as_days(days: tuple[date, ...] | list[date]) -> npt.NDArray[np.datetime64]:
    return np.array(days, dtype="datetime64[D]")
