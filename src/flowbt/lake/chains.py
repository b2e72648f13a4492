"""What computing metrics reads of a lake: chains, price bars and prints, and nothing that writes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

import polars as pl

from flowbt.schema import PRINTS


class Chains(Protocol):
    """Option chains with price bars and prints, to read: a `flowbt.lake.Lake`, or a lake with its future removed."""

    def symbols(self) -> list[str]:
        """The symbols that have chains, in order."""

    def exchanges(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of each symbol, as a MIC."""

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """The snapshots by symbol and date, as `Lake.snapshots`."""

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """Strike rows of these symbols from `first` to `last`, both included, as `Lake.strike_rows`."""

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Price bars (`flowbt.schema.PRICE_BARS`) by symbol and date."""

    def actions(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Corporate actions (`flowbt.schema.CORPORATE_ACTIONS`) by symbol and date."""

    def prints(
        self, symbols: Sequence[str], first: date, last: date, columns: Iterable[str] = tuple(PRINTS)
    ) -> pl.DataFrame:
        """Prints of these symbols from `first` to `last`, both included, each day in the order of time."""
