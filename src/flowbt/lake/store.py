"""The lake as the rest of flowbt uses it: `LakeReader` reads chains, prices and prints, and `Lake` also writes them."""

from collections.abc import Mapping

import polars as pl

from flowbt.lake.delta.tables import ACTIONS, CHAINS, METRICS, PRICES, QUARANTINE, SYMBOLS, TAPE
from flowbt.lake.delta.write import append_missing, replace_rows, write_units
from flowbt.lake.derived_columns import as_stored
from flowbt.lake.reader import LakeReader
from flowbt.schema import PRINTS, SNAPSHOT_KEY, STRIKE_ROWS


class Lake(LakeReader):
    """A lake to read and to write, in a folder or in an object store; opening it reads nothing.

    Every write is one commit: readers see all of it or nothing. Write methods that return states give a row per day, `symbol, date,
    state`, where the state is `new`, `restated` (stored before with other content) or `unchanged`.

    Args:
        path: the folder, or an address such as `s3://bucket/prefix`.
        as_of: read the lake as it was: a date (the end of that day, UTC), a time, or a version of the table `chains`. Such a lake
            cannot be written.
        storage_options: how to reach the object store, as in `{"aws_endpoint_url": ...}`, in addition to the usual environment variables.

    Raises:
        LakeError: from a method, if the lake or the requested data are missing, cannot be read, or cannot be written.
        StoreDamagedError: from a method, if the lake's files are not the ones that were committed.

    Examples:
        >>> lake = flowbt.Lake("data")
        >>> lake.symbols()
        ['SYN000', 'SYN001']
        >>> lake.bars(["SYN000"]).columns[:4]
        ['symbol', 'date', 'open', 'high']
    """

    def write_strike_rows(
        self, rows: pl.DataFrame, note: Mapping[str, str] | None = None, *, stale: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """Write whole snapshots in one commit and return the state of each day.

        `flowbt.lake.intake.write_days` combines snapshots that come in several files.

        Args:
            rows: strike rows (`flowbt.schema.STRIKE_ROWS`).
            note: facts to keep with the commit.
            stale: `symbol, date` of snapshots that repeat the open interest of the snapshot before.
        """
        states = write_units(self.ledger.to_write(CHAINS), as_stored(rows, STRIKE_ROWS, CHAINS.name, stale), note or {})
        self.forget()
        return states

    def write_bars(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Write price bars (`flowbt.schema.PRICE_BARS`) in one commit and return the state of each day."""
        return write_units(self.ledger.to_write(PRICES), rows, note or {})

    def write_prints(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Write whole days of trade prints (`flowbt.schema.PRINTS`) in one commit and return the state of each day."""
        self.forget()
        return write_units(self.ledger.to_write(TAPE), as_stored(rows, PRINTS, TAPE.name), note or {})

    def write_actions(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Write corporate actions (`flowbt.schema.CORPORATE_ACTIONS`) in one commit and return the state of each day."""

        def with_other_kinds(given: pl.DataFrame) -> pl.DataFrame:
            stored = self.actions(given["symbol"].unique().to_list())
            stored = stored.join(given, on=list(SNAPSHOT_KEY), how="semi").join(given, on=ACTIONS.order[:3], how="anti")
            return pl.concat([given, stored]).sort(ACTIONS.order)

        return write_units(self.ledger.to_write(ACTIONS), rows, note or {}, with_other_kinds)

    def write_metric_values(self, rows: pl.DataFrame) -> None:
        """Store metric values in one commit; they replace those of the same symbol, day, metric and parameters."""
        if rows.height:
            replace_rows(self.ledger.to_write(METRICS), rows, ("symbol", "date", "metric", "parameters"))

    def write_exchanges(self, exchanges: Mapping[str, str]) -> None:
        """Put the exchange (a MIC) of each symbol on file; exchanges that are on file already are not written again."""
        on_file = self._exchanges
        new = {symbol: exchange for symbol, exchange in exchanges.items() if on_file.get(symbol) != exchange}
        if new:
            rows = pl.DataFrame({"symbol": list(new), "exchange": list(new.values())}, schema=SYMBOLS.columns)
            replace_rows(self.ledger.to_write(SYMBOLS), rows, ("symbol",))
            self.__dict__.pop("_exchanges", None)

    def quarantine(self, rows: pl.DataFrame) -> None:
        """Keep rows that were not stored (`flowbt.lake.delta.tables.QUARANTINE`); rows that are in quarantine already are not added again."""
        if rows.height:
            append_missing(self.ledger.to_write(QUARANTINE), rows)
