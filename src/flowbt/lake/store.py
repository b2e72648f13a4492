"""The lake as the rest of flowbt sees it: a folder from which to read chains, prices and prints, and to which to write days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from flowbt.errors import LakeError, UnknownNameError
from flowbt.exchanges import DEFAULT_EXCHANGE
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.read import among, collect, reaches, scan, within
from flowbt.lake.delta.tables import ACTIONS, CHAINS, METRICS, PRICES, QUARANTINE, SYMBOLS, TAPE, UNIT, Table
from flowbt.lake.delta.versions import AsOf, Ledger
from flowbt.lake.delta.write import append_missing, replace_rows, write_units
from flowbt.lake.derived_columns import as_stored
from flowbt.lake.flags import snapshot_flags
from flowbt.schema import (
    JUDGED_BY_DAY,
    PRINTS,
    SIDES,
    SNAPSHOT_KEY,
    SPOT_SOURCE,
    STRIKE_ROWS,
    ZERO_COLUMNS,
)

SNAPSHOT_FACTS = {
    "strikes": pl.len().cast(pl.Int64),
    "snapshot_hash": pl.col("snapshot_hash").first(),
    "underlying_price": pl.col("underlying_price").drop_nulls().first(),
}


class Lake:
    """A lake in a folder, or in an object store; opening it reads nothing.

    Args:
        path: the folder, or an address such as `s3://bucket/prefix`.
        as_of: see the lake as it was: a date (its end, UTC), a time, or a version of the table `chains`. Such a lake takes
            no writes.
        storage_options: how to reach the object store, as in `{"aws_endpoint_url": ...}`; the usual environment variables count too.

    Raises:
        LakeError: from a method, where the lake or what is asked of it is missing or cannot be read.
        StoreDamagedError: from a method, where the lake is not what was acknowledged.
    """

    def __init__(
        self, path: str | Path, as_of: AsOf | None = None, *, storage_options: Mapping[str, str] | None = None
    ) -> None:
        self.path = Path(path)
        self.ledger = Ledger(path, as_of, storage_options)

    @property
    def where(self) -> str:
        """The lake as it was named."""
        return self.ledger.where

    @property
    def address(self) -> str:
        """The lake by a name that holds wherever the process runs."""
        return self.where if "://" in self.where else str(self.path.resolve())

    def write_strike_rows(
        self, rows: pl.DataFrame, note: Mapping[str, str] | None = None, *, stale: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """Bring whole snapshots in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged.

        `flowbt.lake.intake.write_days` combines snapshots that come in several files.

        Args:
            rows: strike rows.
            note: facts to keep with the commit.
            stale: `symbol, date` of those that repeat the open interest of the snapshot before.
        """
        states = write_units(self.ledger.to_write(CHAINS), as_stored(rows, STRIKE_ROWS, CHAINS.name, stale), note or {})
        self.forget()
        return states

    def write_actions(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring corporate actions in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""

        def with_other_kinds(given: pl.DataFrame) -> pl.DataFrame:
            stored = self.actions(given["symbol"].unique().to_list())
            stored = stored.join(given, on=list(SNAPSHOT_KEY), how="semi").join(given, on=ACTIONS.order[:3], how="anti")
            return pl.concat([given, stored]).sort(ACTIONS.order)

        return write_units(self.ledger.to_write(ACTIONS), rows, note or {}, with_other_kinds)

    def actions(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Corporate actions (`flowbt.schema.CORPORATE_ACTIONS`) by symbol and date; empty where the lake has none."""
        return self._all_of(ACTIONS, symbols)

    def write_bars(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring price bars in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        return write_units(self.ledger.to_write(PRICES), rows, note or {})

    def write_prints(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring whole days of prints in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        self.forget()
        return write_units(self.ledger.to_write(TAPE), as_stored(rows, PRINTS, TAPE.name), note or {})

    def quarantine(self, rows: pl.DataFrame) -> None:
        """Keep rows that were not stored: `file, format, row, reason, reasons, record`; those that are there already are left alone."""
        if rows.height:
            append_missing(self.ledger.to_write(QUARANTINE), rows)

    def metric_values(
        self, symbols: Sequence[str], metrics: Sequence[str], parameters: str, first: date, last: date
    ) -> pl.DataFrame:
        """Metrics that were stored (`flowbt.schema.METRIC_ROWS`) of these symbols and days, under these parameters."""
        wanted = among("metric", metrics) & (pl.col("parameters") == parameters)
        return self._rows_between(METRICS, self._files(METRICS), METRICS.columns, symbols, first, last, wanted)

    def write_metric_values(self, rows: pl.DataFrame) -> None:
        """Store metrics in one commit, in place of what was stored of the same symbol, day, metric and parameters."""
        if rows.height:
            replace_rows(self.ledger.to_write(METRICS), rows, ("symbol", "date", "metric", "parameters"))

    def write_exchanges(self, exchanges: Mapping[str, str]) -> None:
        """Remember the exchange (a MIC) of each symbol; what is remembered already is not written again."""
        known = self._exchanges
        new = {symbol: exchange for symbol, exchange in exchanges.items() if known.get(symbol) != exchange}
        if new:
            rows = pl.DataFrame({"symbol": list(new), "exchange": list(new.values())}, schema=SYMBOLS.columns)
            replace_rows(self.ledger.to_write(SYMBOLS), rows, ("symbol",))
            self.__dict__.pop("_exchanges", None)

    def exchanges(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of each symbol, as a MIC: the one the lake remembers, else New York (`XNYS`)."""
        known = self._exchanges
        return {symbol: known.get(symbol, DEFAULT_EXCHANGE) for symbol in symbols}

    def remembered_exchanges(self) -> dict[str, str]:
        """The symbols whose exchange is on file, with it."""
        return dict(self._exchanges)

    @cached_property
    def _exchanges(self) -> dict[str, str]:
        return {str(symbol): str(exchange) for symbol, exchange in self._all_of(SYMBOLS, None).iter_rows()}

    def versions(self) -> dict[str, int]:
        """The number of each table's newest commit; a table never written is left out."""
        return self.ledger.versions()

    def commits(self, table: str = "chains") -> list[dict[str, Any]]:
        """A table's commits, the oldest first: `version, timestamp, operation, facts`, the facts being those it was given."""
        return self.ledger.commits(table)

    def quarantined(self) -> int:
        """How many rows are in quarantine."""
        return sum(file.rows for file in self._files(QUARANTINE))

    def quarantined_rows(self, reason: str | None = None) -> pl.DataFrame:
        """The rows in quarantine (`flowbt.lake.delta.tables.QUARANTINE`), by file and row; empty where there are none.

        Args:
            reason: only those with this code.
        """
        wanted = None if reason is None else pl.col("reason") == reason
        return self._all_of(QUARANTINE, None, wanted)

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Price bars (`flowbt.schema.PRICE_BARS`) by symbol and date; empty where the lake has none."""
        return self._all_of(PRICES, symbols)

    def _all_of(self, table: Table, symbols: Sequence[str] | None, wanted: pl.Expr | None = None) -> pl.DataFrame:
        files = self._files(table)
        if symbols is not None:
            files = within(files, {"symbol": symbols})
        query = scan(self.ledger.place, table, files)
        if symbols is not None:
            query = query.filter(among("symbol", symbols))
        if wanted is not None:
            query = query.filter(wanted)
        return collect(query.select(*table.columns).sort(table.order), self.ledger.place, table, files)

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Which snapshots there are, by symbol and date, and what is odd of them by those before (`flowbt.lake.flags`).

        Columns `symbol, date, strikes` (rows), `snapshot_hash, underlying_price, underlying_price_source, partial_day,
        price_jump`. The price is the chain's own (`chain`), or where it has none the close of the day's bar (`bar`).
        """
        return self._described(SNAPSHOT_FACTS, symbols)

    def _described(self, facts: Mapping[str, pl.Expr], symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Facts of each snapshot, with the flags that compare it with the snapshots before it."""
        snapshots = self._per_unit(CHAINS, self._chains, facts, symbols)
        return snapshot_flags(self._with_closes(snapshots.with_columns(pl.col("underlying_price").cast(pl.Float64))))

    def _with_closes(self, snapshots: pl.DataFrame) -> pl.DataFrame:
        """Snapshots with the close of the day's bar where the chain has no price of the underlying."""
        own = pl.when(pl.col("underlying_price").is_not_null()).then(pl.lit("chain")).alias(SPOT_SOURCE)
        snapshots = snapshots.with_columns(own)
        lacking = snapshots.filter(pl.col(SPOT_SOURCE).is_null())["symbol"].unique().to_list()
        if not lacking:
            return snapshots
        closes = self.bars(lacking).select(*SNAPSHOT_KEY, pl.col("close").alias("_close"))
        return (
            snapshots.join(closes, on=SNAPSHOT_KEY, how="left", maintain_order="left")
            .with_columns(
                pl.coalesce("underlying_price", "_close").alias("underlying_price"),
                pl.coalesce(SPOT_SOURCE, pl.when(pl.col("_close").is_not_null()).then(pl.lit("bar"))).alias(
                    SPOT_SOURCE
                ),
            )
            .drop("_close")
        )

    def contents(self) -> pl.DataFrame:
        """What each snapshot contains, by symbol and date, next to the columns of `snapshots`.

        Columns `contracts, adjusted, oi_lag, stale_open_interest`, and `unknown_open_interest`, `unknown_volume`: the source
        gave 0 for every contract (`flowbt.lake.placeholders`). Metrics leave out the `adjusted` contracts (`flowbt.schema.CHAIN_ROWS`).
        """
        contracts = pl.col("call_listed").cast(pl.Int64) + pl.col("put_listed").cast(pl.Int64)
        facts = {
            **SNAPSHOT_FACTS,
            "contracts": contracts.sum(),
            "adjusted": contracts.filter(pl.col("adjusted")).sum(),
            "oi_lag": pl.col("oi_lag").first(),
            "stale_open_interest": pl.col("stale_open_interest").first(),
            **{
                f"unknown_{what}": pl.any_horizontal(ZERO_COLUMNS[f"{side}_{what}"] for side in SIDES).any()
                for what in JUDGED_BY_DAY
            },
        }
        return self._described(facts)

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """Strike rows of these symbols from `first` to `last`, both included, each snapshot one run in stored order."""
        return self._rows_between(CHAINS, self._chains, columns, symbols, first, last)

    def days(self, table: Table, units: pl.DataFrame) -> pl.DataFrame:
        """The rows of these units (`symbol, date`) in a table of days, with all columns, in stored order."""
        first, last = units.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
        rows = self._rows_between(
            table, self._files(table), table.columns, units["symbol"].unique().to_list(), first, last
        )
        return rows.join(units, on=UNIT, how="semi", maintain_order="left").sort(table.order)

    def prints(
        self, symbols: Sequence[str], first: date, last: date, columns: Iterable[str] = tuple(PRINTS)
    ) -> pl.DataFrame:
        """Prints of these symbols from `first` to `last`, both included, each day one run in the order of time.

        Prints of adjusted contracts are among them.
        """
        return self._rows_between(TAPE, self._tape, columns, symbols, first, last)

    def tape(self) -> pl.DataFrame:
        """Of which days there are prints: `symbol, date, prints` (how many), `snapshot_hash`, by symbol and date."""
        facts = {"prints": pl.len().cast(pl.Int64), "snapshot_hash": pl.col("snapshot_hash").first()}
        return self._per_unit(TAPE, self._tape, facts)

    def forget(self) -> None:
        """See what was written since, by this lake or another; a lake stays at the version at which it was first read."""
        for seen in ("_chains", "_tape", "_exchanges"):
            self.__dict__.pop(seen, None)

    def symbols(self) -> list[str]:
        """The symbols that have chains, in order."""
        return self.snapshots()["symbol"].unique().sort().to_list()

    def require_symbols(self, asked: Sequence[str] | None) -> list[str]:
        """The symbols asked for, each of which has chains; all that have where none is asked for."""
        known = self.symbols()
        for symbol in asked or []:
            if symbol not in known and self.bars([symbol]).height:
                listed = f", or ask for one that has them: {', '.join(known[:8])}" if known else ""
                raise LakeError(
                    f"{symbol} has price bars but no option chains in the lake at '{self.where}': bring its chains in with "
                    f"`flowbt ingest auto PATH --symbol {symbol}`{listed}"
                )
        if not known:
            raise LakeError(
                f"no option chains in the lake at '{self.where}': "
                "bring some in with `flowbt ingest` or `flowbt simulate`, or name another lake with --lake"
            )
        for symbol in asked or []:
            if symbol not in known:
                raise UnknownNameError("symbol", symbol, known, hint="`flowbt status` lists what the lake holds")
        return list(dict.fromkeys(asked)) if asked else known

    @cached_property
    def _chains(self) -> Sequence[DataFile]:
        return self._files(CHAINS)

    @cached_property
    def _tape(self) -> Sequence[DataFile]:
        return self._files(TAPE)

    def _files(self, table: Table) -> Sequence[DataFile]:
        state = self.ledger.state(table)
        return state.files if state else []

    def _per_unit(
        self,
        table: Table,
        files: Sequence[DataFile],
        facts: Mapping[str, pl.Expr],
        symbols: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Facts of each unit, month by month, as memory is bounded."""
        if symbols is not None:
            files = within(files, {"symbol": symbols})
        parts = [pl.DataFrame(schema={name: table.columns[name] for name in UNIT} | dict.fromkeys(facts, pl.Int64()))]
        for month in dict.fromkeys(file.month for file in files):
            of_month = [file for file in files if file.month == month]
            query = scan(self.ledger.place, table, of_month)
            if symbols is not None:
                query = query.filter(among("symbol", symbols))
            parts.append(collect(query.group_by(UNIT).agg(**facts), self.ledger.place, table, of_month))
        return pl.concat(parts if len(parts) == 1 else parts[1:]).sort(UNIT)

    def _rows_between(
        self,
        table: Table,
        files: Sequence[DataFile],
        columns: Iterable[str],
        symbols: Sequence[str],
        first: date,
        last: date,
        wanted: pl.Expr | bool = True,
    ) -> pl.DataFrame:
        files = within([file for file in files if reaches(file, first, last)], {"symbol": symbols})
        wanted = among("symbol", symbols) & pl.col("date").is_between(first, last) & wanted
        query = scan(self.ledger.place, table, files).filter(wanted).select(*columns)
        return collect(query, self.ledger.place, table, files)
