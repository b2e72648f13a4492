"""What an audit reads: `Excerpt`, some symbols of a lake over some days, and `AlteredLake`, a lake with its data changed.

Both satisfy `flowbt.lake.Chains` and have no method that writes, so any lake can be audited in place, at the cost of reading the
rows that are needed.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import polars as pl

from flowbt.audit.alterations import Alteration
from flowbt.calendar import last_session
from flowbt.lake import Chains
from flowbt.metrics.engine.known_open_interest import LAG
from flowbt.schema import PRINTS, STRIKE_KEY

MONTHS_KEPT: Final = 4
LISTED: Final = "_listed"


class AlteredLake:
    """A lake whose data an alteration changes as they are read.

    Args:
        beneath: the lake.
        alteration: of its rows.
    """

    def __init__(self, beneath: Chains, alteration: Alteration) -> None:
        self.alteration = alteration
        self._beneath = beneath

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """As `Lake`, altered."""
        wanted = list(columns)
        read = sorted({*wanted, *STRIKE_KEY, LAG})
        rows = self._beneath.strike_rows(read, symbols, first, last)
        listed_on = self.alteration.listed_on
        if listed_on is not None and last > listed_on:
            contract = [name for name in STRIKE_KEY if name != "date"]
            listed = self._listed_on(listed_on, symbols).select(*contract, pl.lit(value=True).alias(LISTED))
            rows = rows.join(listed, on=contract, how="left", maintain_order="left")
            rows = rows.filter((pl.col("date") <= listed_on) | pl.col(LISTED))
        return self.alteration.chains(rows).select(wanted)

    def _listed_on(self, day: date, symbols: Sequence[str]) -> pl.DataFrame:
        """The contracts (`STRIKE_KEY`) of each symbol on a day, or where its exchange was closed on the session before."""
        sessions = {symbol: last_session(day, of) for symbol, of in self.exchanges(symbols).items()}
        rows = self._beneath.strike_rows(STRIKE_KEY, symbols, min(sessions.values()), day)
        return rows.filter(pl.col("date") == pl.col("symbol").replace_strict(sessions, return_dtype=pl.Date))

    def symbols(self) -> list[str]:
        """As `Lake`, altered."""
        return _symbols(self)

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """As `Lake`, altered."""
        return self.alteration.snapshots(self._beneath.snapshots(symbols))

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """As `Lake`, altered."""
        return self.alteration.daily(self._beneath.bars(symbols))

    def prints(
        self, symbols: Sequence[str], first: date, last: date, columns: Iterable[str] = tuple(PRINTS)
    ) -> pl.DataFrame:
        """As `Lake`, altered."""
        return self.alteration.daily(self._beneath.prints(symbols, first, last, columns))

    def exchanges(self, symbols: Iterable[str]) -> dict[str, str]:
        """As `Lake`."""
        return self._beneath.exchanges(symbols)

    def actions(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """As `Lake`: a split is announced before its day."""
        return self._beneath.actions(symbols)


class Excerpt:
    """Some symbols of a lake over some days; the rows read last are kept in memory.

    Args:
        lake: the lake.
        symbols: whose chains and bars.
        first: first day of the chains.
        last: last day of chains and bars.
        bars_from: first day of the bars.
    """

    def __init__(self, lake: Chains, symbols: Sequence[str], first: date, last: date, bars_from: date) -> None:
        self._lake, self._first, self._last = lake, first, last
        inside = pl.col("date").is_between(first, last)
        self._snapshots = lake.snapshots(symbols).filter(inside)
        self._bars = lake.bars(symbols).filter(pl.col("date").is_between(bars_from, last))
        self._actions = lake.actions(symbols)
        self._months: dict[tuple[object, ...], pl.DataFrame] = {}

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """As `Lake`."""
        wanted = list(columns)
        read = tuple(sorted({*wanted, "date"}))
        months = range(12 * first.year + first.month, 12 * last.year + last.month + 1)
        if len(months) > 1:
            return self._read(read, symbols, first, last).select(wanted)
        key = (read, tuple(symbols), *months)
        if key not in self._months:
            while len(self._months) >= MONTHS_KEPT:
                self._months.pop(next(iter(self._months)))
            self._months[key] = self._read(read, symbols, first.replace(day=1), month_end(first))
        return self._months[key].filter(pl.col("date").is_between(first, last)).select(wanted)

    def _read(self, columns: Sequence[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        return self._lake.strike_rows(columns, symbols, max(first, self._first), min(last, self._last))

    def symbols(self) -> list[str]:
        """As `Lake`."""
        return _symbols(self)

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """As `Lake`."""
        return _of(self._snapshots, symbols)

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """As `Lake`."""
        return _of(self._bars, symbols)

    def prints(
        self, symbols: Sequence[str], first: date, last: date, columns: Iterable[str] = tuple(PRINTS)
    ) -> pl.DataFrame:
        """As `Lake`."""
        return self._lake.prints(symbols, max(first, self._first), min(last, self._last), columns)

    def exchanges(self, symbols: Iterable[str]) -> dict[str, str]:
        """As `Lake`."""
        return self._lake.exchanges(symbols)

    def actions(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """As `Lake`."""
        return _of(self._actions, symbols)


def _symbols(chains: Chains) -> list[str]:
    return chains.snapshots()["symbol"].unique().sort().to_list()


def _of(rows: pl.DataFrame, symbols: Sequence[str] | None) -> pl.DataFrame:
    return rows if symbols is None else rows.filter(pl.col("symbol").is_in(list(symbols)))


def month_end(day: date) -> date:
    """The last day of its month."""
    return pl.select(pl.lit(day).dt.month_end()).item()  # type: ignore[no-any-return]
