"""The reading half of a lake: chains, prices, prints, actions, metrics, and facts about them."""

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
from flowbt.lake.flags import snapshot_flags
from flowbt.lake.snapshot_facts import CONTENT_FACTS, SNAPSHOT_FACTS, with_closes
from flowbt.schema import PRINTS


class LakeReader:
    """A lake to read, in a folder or in an object store; opening it reads nothing.

    Every method raises `LakeError` if the lake or the requested data are missing or cannot be read, and `StoreDamagedError` if the
    lake's files are not the ones that were committed. Days are `date`, and ranges of days include both ends.

    Args:
        path: the folder, or an address such as `s3://bucket/prefix`.
        as_of: read the lake as it was: a date (the end of that day, UTC), a time, or a version of the table `chains`.
        storage_options: how to reach the object store, as in `{"aws_endpoint_url": ...}`, in addition to the usual environment variables.
    """

    def __init__(
        self, path: str | Path, as_of: AsOf | None = None, *, storage_options: Mapping[str, str] | None = None
    ) -> None:
        self.path = Path(path)
        self.ledger = Ledger(path, as_of, storage_options)

    @property
    def where(self) -> str:
        """The lake's path or address, as it was given."""
        return self.ledger.where

    @property
    def address(self) -> str:
        """The lake's absolute path or address, which is valid from any working directory."""
        return self.where if "://" in self.where else str(self.path.resolve())

    def symbols(self) -> list[str]:
        """The symbols that have chains, in alphabetical order."""
        return self.snapshots()["symbol"].unique().sort().to_list()

    def require_symbols(self, asked: Sequence[str] | None) -> list[str]:
        """The given symbols without repetitions, each of which has chains; all symbols with chains if none are given.

        Raises:
            LakeError: there are no chains, or a symbol has price bars only.
            UnknownNameError: the lake does not have a symbol.
        """
        with_chains = self.symbols()
        for symbol in asked or []:
            if symbol not in with_chains and self.bars([symbol]).height:
                listed = f", or use a symbol that has chains: {', '.join(with_chains[:8])}" if with_chains else ""
                raise LakeError(
                    f"{symbol} has price bars but no option chains in the lake at '{self.where}': ingest its chains with "
                    f"`flowbt ingest auto PATH --symbol {symbol}`{listed}"
                )
        if not with_chains:
            raise LakeError(
                f"no option chains in the lake at '{self.where}': "
                "add some with `flowbt ingest` or `flowbt simulate`, or name another lake with --lake"
            )
        for symbol in asked or []:
            if symbol not in with_chains:
                raise UnknownNameError(
                    "symbol", symbol, with_chains, hint="`flowbt status` lists the symbols in the lake"
                )
        return list(dict.fromkeys(asked)) if asked else with_chains

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """The snapshots in the lake, by symbol and date, with flags for days that differ from the days before (`flowbt.lake.flags`).

        Columns `symbol, date, strikes` (a count), `snapshot_hash, underlying_price` (USD), `underlying_price_source, partial_day,
        price_jump`. The price is the one in the chain (`chain`) or, if the chain has none, the close of the day's bar (`bar`); null if
        there is neither.
        """
        return self._described(SNAPSHOT_FACTS, symbols)

    def contents(self) -> pl.DataFrame:
        """The content of each snapshot, by symbol and date, with the columns of `snapshots`.

        Further columns: `contracts` (a count), `adjusted` (how many of them are adjusted; metrics leave these out), `oi_lag` (null: the
        source does not give it), `stale_open_interest`, and `unknown_open_interest`, `unknown_volume`: the source gave 0 for every
        contract (`flowbt.lake.placeholders`).
        """
        return self._described(CONTENT_FACTS)

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """Strike rows (`flowbt.schema.CHAIN_ROWS`) of these symbols from `first` to `last`, each snapshot contiguous in stored order."""
        return self._rows_between(CHAINS, self._chains, columns, symbols, first, last)

    def prints(
        self, symbols: Sequence[str], first: date, last: date, columns: Iterable[str] = tuple(PRINTS)
    ) -> pl.DataFrame:
        """Trade prints of these symbols from `first` to `last`, each day contiguous and in time order.

        Prints of adjusted contracts are included.
        """
        return self._rows_between(TAPE, self._tape, columns, symbols, first, last)

    def tape(self) -> pl.DataFrame:
        """Days with trade prints: `symbol, date, prints` (a count), `snapshot_hash`, by symbol and date."""
        facts = {"prints": pl.len().cast(pl.Int64), "snapshot_hash": pl.col("snapshot_hash").first()}
        return self._per_unit(TAPE, self._tape, facts)

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Price bars (`flowbt.schema.PRICE_BARS`) by symbol and date; empty if the lake has none."""
        return self._all_of(PRICES, symbols)

    def actions(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Corporate actions (`flowbt.schema.CORPORATE_ACTIONS`) by symbol and date; empty if the lake has none."""
        return self._all_of(ACTIONS, symbols)

    def metric_values(
        self, symbols: Sequence[str], metrics: Sequence[str], parameters: str, first: date, last: date
    ) -> pl.DataFrame:
        """Stored metric values (`flowbt.schema.METRIC_ROWS`) of these symbols and days, computed with these parameters."""
        wanted = among("metric", metrics) & (pl.col("parameters") == parameters)
        return self._rows_between(METRICS, self._files(METRICS), METRICS.columns, symbols, first, last, wanted)

    def exchanges(self, symbols: Iterable[str]) -> dict[str, str]:
        """The exchange of each symbol as a MIC: the one on file, otherwise New York (`XNYS`)."""
        on_file = self._exchanges
        return {symbol: on_file.get(symbol, DEFAULT_EXCHANGE) for symbol in symbols}

    def remembered_exchanges(self) -> dict[str, str]:
        """The symbols with an exchange on file, and that exchange (a MIC)."""
        return dict(self._exchanges)

    def quarantined(self) -> int:
        """The number of rows in quarantine."""
        return sum(file.rows for file in self._files(QUARANTINE))

    def quarantined_rows(self, reason: str | None = None) -> pl.DataFrame:
        """The rows in quarantine (`flowbt.lake.delta.tables.QUARANTINE`), by file and row; empty if there are none.

        Args:
            reason: only rows with this reason code.
        """
        wanted = None if reason is None else pl.col("reason") == reason
        return self._all_of(QUARANTINE, None, wanted)

    def days(self, table: Table, units: pl.DataFrame) -> pl.DataFrame:
        """All columns of the rows of these days (`symbol, date`) in a table, in stored order."""
        first, last = units.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
        symbols = units["symbol"].unique().to_list()
        rows = self._rows_between(table, self._files(table), table.columns, symbols, first, last)
        return rows.join(units, on=UNIT, how="semi", maintain_order="left").sort(table.order)

    def versions(self) -> dict[str, int]:
        """The number of each table's newest commit; a table without commits is left out."""
        return self.ledger.versions()

    def commits(self, table: str = "chains") -> list[dict[str, Any]]:
        """The commits of a table, the oldest first: `version, timestamp, operation, facts` (the facts that the writer gave)."""
        return self.ledger.commits(table)

    def forget(self) -> None:
        """Read the newest state next time, since a lake otherwise stays at the version at which it was first read."""
        for name in ("_chains", "_tape", "_exchanges"):
            self.__dict__.pop(name, None)

    @cached_property
    def _chains(self) -> Sequence[DataFile]:
        return self._files(CHAINS)

    @cached_property
    def _tape(self) -> Sequence[DataFile]:
        return self._files(TAPE)

    @cached_property
    def _exchanges(self) -> dict[str, str]:
        return {str(symbol): str(exchange) for symbol, exchange in self._all_of(SYMBOLS, None).iter_rows()}

    def _described(self, facts: Mapping[str, pl.Expr], symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Facts about each snapshot, with the flags that compare it with the snapshots before it."""
        snapshots = self._per_unit(CHAINS, self._chains, facts, symbols)
        snapshots = snapshots.with_columns(pl.col("underlying_price").cast(pl.Float64))
        return snapshot_flags(with_closes(snapshots, self.bars))

    def _files(self, table: Table) -> Sequence[DataFile]:
        state = self.ledger.state(table)
        return state.files if state else []

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

    def _per_unit(
        self,
        table: Table,
        files: Sequence[DataFile],
        facts: Mapping[str, pl.Expr],
        symbols: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Facts about each unit, computed month by month to limit memory."""
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
