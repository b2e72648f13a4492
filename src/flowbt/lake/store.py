"""The lake as the rest of flowbt sees it: a folder from which to read chains, prices and prints, and to which to write days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import polars as pl

from flowbt.errors import LakeError, UnknownNameError
from flowbt.lake.flags import strike_flags
from flowbt.lake.tables import (
    ACTIONS,
    CHAINS,
    METRICS,
    PRICES,
    QUARANTINE,
    TAPE,
    UNIT,
    Table,
    append_rows,
    collect,
    files_by_month,
    files_of,
    open_table,
    read_files,
    replace_rows,
    require_columns,
    write_units,
)
from flowbt.schema import (
    CHAIN_ROWS,
    PRINTS,
    SIDES,
    SNAPSHOT_KEY,
    STORED_ORDER,
    STORED_PRINTS,
    STRIKE_KEY,
    STRIKE_ROWS,
    listed,
)

SHARES: Final = 100.0
"""What a standard contract is for."""


class Lake:
    """A lake in a folder; opening it reads nothing.

    Raises:
        LakeError: from a method, where the lake or what is asked of it is missing or cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def write_strike_rows(
        self,
        rows: pl.DataFrame,
        note: Mapping[str, str] | None = None,
        *,
        stale: pl.DataFrame | None = None,
        part: bool = False,
    ) -> pl.DataFrame:
        """Bring whole snapshots in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged.

        Args:
            rows: strike rows.
            note: facts to keep with the commit.
            stale: `symbol, date` of those that repeat the open interest of the snapshot before.
            part: the rows hold only some of what is known of their contracts; what they leave unsaid stays as it is stored.
        """
        if part:
            rows = self._completed(rows)
        self.__dict__.pop("_months", None)
        return write_units(self.path, CHAINS, _as_stored(rows, STRIKE_ROWS, CHAINS.name, stale), note or {})

    def _completed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Strike rows together with what is stored of the same snapshots, the new values before the old."""
        key = list(STRIKE_KEY)
        days = rows.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
        stored = self.strike_rows(STRIKE_ROWS, rows["symbol"].unique().to_list(), *days.row(0)) if rows.height else rows
        stored = stored.join(rows.select(SNAPSHOT_KEY).unique(), on=list(SNAPSHOT_KEY), how="semi")
        both = rows.join(stored, on=key, how="full", coalesce=True, suffix=" stored")
        completed = both.select(
            name if name in key else pl.coalesce(name, f"{name} stored").alias(name) for name in STRIKE_ROWS
        ).sort(STORED_ORDER)
        # what is stored says of every contract whether it is adjusted: so must the first part, or a second one differs
        return completed.with_columns(_adjusted(STRIKE_ROWS))

    def write_actions(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring corporate actions in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        return write_units(self.path, ACTIONS, rows, note or {})

    def actions(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Corporate actions (`flowbt.schema.CORPORATE_ACTIONS`) by symbol and date; empty where the lake has none."""
        return self._all_of(ACTIONS, symbols)

    def write_bars(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring price bars in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        return write_units(self.path, PRICES, rows, note or {})

    def write_prints(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring whole days of prints in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        self.__dict__.pop("_tape_months", None)
        return write_units(self.path, TAPE, _as_stored(rows, PRINTS, TAPE.name), note or {})

    def quarantine(self, rows: pl.DataFrame) -> None:
        """Keep rows that were not stored: `file, format, reason, record`; those that are there already are left alone."""
        delta = open_table(self.path, QUARANTINE)
        if delta is not None:
            rows = rows.join(collect(read_files(files_of(delta))), on=rows.columns, how="anti")
        if rows.height:
            append_rows(self.path, QUARANTINE, rows)

    def metric_values(
        self, symbols: Sequence[str], metrics: Sequence[str], parameters: str, first: date, last: date
    ) -> pl.DataFrame:
        """Metrics that were stored (`flowbt.schema.METRIC_ROWS`) of these symbols and days, under these parameters."""
        delta = open_table(self.path, METRICS)
        files = [] if delta is None else _of_months(files_by_month(delta), first, last)
        if not files:
            return pl.DataFrame(schema=dict(METRICS.columns))
        wanted = (
            pl.col("metric").is_in(list(metrics))
            & (pl.col("parameters") == parameters)
            & pl.col("symbol").is_in(list(symbols))
            & pl.col("date").is_between(first, last)
        )
        return collect(read_files(files).filter(wanted).select(*METRICS.columns))

    def write_metric_values(self, rows: pl.DataFrame) -> None:
        """Store metrics in one commit, in place of what was stored of the same symbol, day, metric and parameters."""
        if rows.height:
            replace_rows(self.path, METRICS, rows, ("symbol", "date", "metric", "parameters"))

    def versions(self) -> dict[str, int]:
        """The number of each table's newest commit; a table never written is left out."""
        opened = {
            table.name: open_table(self.path, table) for table in (CHAINS, PRICES, ACTIONS, TAPE, METRICS, QUARANTINE)
        }
        return {name: int(delta.version()) for name, delta in opened.items() if delta is not None}

    def quarantined(self) -> int:
        """How many rows are in quarantine."""
        return self._count(QUARANTINE)

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Price bars (`flowbt.schema.PRICE_BARS`) by symbol and date; empty where the lake has none."""
        return self._all_of(PRICES, symbols)

    def _all_of(self, table: Table, symbols: Sequence[str] | None) -> pl.DataFrame:
        delta = open_table(self.path, table)
        if delta is None:
            return pl.DataFrame(schema=dict(table.columns))
        scan = read_files(files_of(delta))
        if symbols is not None:
            scan = scan.filter(pl.col("symbol").is_in(list(symbols)))
        return collect(scan.select(*table.columns).sort(table.order))

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Which snapshots there are: `symbol, date, strikes` (rows), `snapshot_hash`, by symbol and date."""
        wanted = None if symbols is None else pl.col("symbol").is_in(list(symbols))
        facts = {"strikes": pl.len().cast(pl.Int64), "snapshot_hash": pl.col("snapshot_hash").first()}
        return self._per_snapshot(facts, wanted)

    def contents(self) -> pl.DataFrame:
        """What the snapshots hold: `symbol, date, contracts, adjusted, oi_lag`, by symbol and date.

        `adjusted` contracts (`flowbt.schema.CHAIN_ROWS`) are left out of metrics.
        """
        contracts = pl.col("call_listed").cast(pl.Int64) + pl.col("put_listed").cast(pl.Int64)
        adjusted = contracts.filter(pl.col("adjusted")).sum()
        return self._per_snapshot(
            {"contracts": contracts.sum(), "adjusted": adjusted, "oi_lag": pl.col("oi_lag").first()}
        )

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """Strike rows of these symbols from `first` to `last`, both included, each snapshot one run in stored order."""
        files = _of_months(self._months, first, last)
        return _rows_between(files, {name: CHAIN_ROWS[name] for name in columns}, symbols, first, last)

    def prints(
        self, symbols: Sequence[str], first: date, last: date, columns: Iterable[str] = tuple(PRINTS)
    ) -> pl.DataFrame:
        """Prints of these symbols from `first` to `last`, both included, each day one run in the order of time.

        Prints of adjusted contracts are among them.
        """
        files = _of_months(self._tape_months, first, last)
        return _rows_between(files, {name: STORED_PRINTS[name] for name in columns}, symbols, first, last)

    def tape(self) -> pl.DataFrame:
        """Of which days there are prints: `symbol, date, prints` (how many), `snapshot_hash`, by symbol and date."""
        facts = {"prints": pl.len().cast(pl.Int64), "snapshot_hash": pl.col("snapshot_hash").first()}
        none = pl.DataFrame(schema={name: STORED_PRINTS[name] for name in UNIT} | dict.fromkeys(facts, pl.Int64()))
        months = [collect(read_files(files).group_by(UNIT).agg(**facts)) for files in self._tape_months.values()]
        return pl.concat([none, *months]).sort(UNIT)

    def symbols(self) -> list[str]:
        """The symbols that have chains, in order."""
        return self.snapshots()["symbol"].unique().sort().to_list()

    def require_symbols(self, asked: Sequence[str] | None) -> list[str]:
        """The symbols asked for, each of which has chains; all that have where none is asked for."""
        known = self.symbols()
        if not known:
            raise LakeError(
                f"no option chains in the lake at '{self.path}': "
                "bring some in with `flowbt ingest` or `flowbt simulate`, or name another lake with --lake"
            )
        for symbol in asked or []:
            if symbol not in known:
                raise UnknownNameError("symbol", symbol, known, hint="`flowbt status` lists what the lake holds")
        return list(dict.fromkeys(asked)) if asked else known

    @cached_property
    def _months(self) -> dict[str, list[str]]:
        delta = open_table(self.path, CHAINS)
        return {} if delta is None else files_by_month(delta)

    @cached_property
    def _tape_months(self) -> dict[str, list[str]]:
        delta = open_table(self.path, TAPE)
        return {} if delta is None else files_by_month(delta)

    def _per_snapshot(self, facts: Mapping[str, pl.Expr], wanted: pl.Expr | None = None) -> pl.DataFrame:
        parts = []
        for files in self._months.values():
            scan = read_files(files)
            scan = scan if wanted is None else scan.filter(wanted)
            parts.append(collect(scan.group_by(UNIT).agg(**facts)))
        if not parts:
            return pl.DataFrame(schema={"symbol": pl.String(), "date": pl.Date()} | dict.fromkeys(facts, pl.Int64()))
        return pl.concat(parts).sort(UNIT)

    def _count(self, table: Table) -> int:
        delta = open_table(self.path, table)
        return 0 if delta is None else int(delta.count())


def _of_months(files: Mapping[str, Sequence[str]], first: date, last: date) -> list[str]:
    low, high = f"{first:%Y-%m}", f"{last:%Y-%m}"
    return [file for month, found in files.items() if low <= month <= high for file in found]


def _rows_between(
    files: Sequence[str], columns: Mapping[str, pl.DataType], symbols: Sequence[str], first: date, last: date
) -> pl.DataFrame:
    if not files:
        return pl.DataFrame(schema=columns)
    wanted = pl.col("symbol").is_in(list(symbols)) & pl.col("date").is_between(first, last)
    return collect(read_files(files).filter(wanted).select(*columns))


def _as_stored(
    rows: pl.DataFrame, given: Mapping[str, pl.DataType], table: str, stale: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Strike rows or prints with what the lake adds to them (`flowbt.schema.CHAIN_ROWS`, `STORED_PRINTS`)."""
    require_columns(rows, given, table)
    adjusted = _adjusted(given)
    digest = rows.hash_rows().reinterpret(signed=True).alias("snapshot_hash")
    if given is not STRIKE_ROWS:
        added = rows.with_columns(adjusted, digest)
        return added.with_columns(pl.col("snapshot_hash").sum().over(SNAPSHOT_KEY))
    series = (pl.col("root").rank("dense").over(*SNAPSHOT_KEY, "expiration") - 1).cast(pl.Int8).alias("series")
    is_stale = pl.lit(value=False)
    if stale is not None and stale.height:
        is_stale = pl.struct(SNAPSHOT_KEY).is_in(stale.select(pl.struct(SNAPSHOT_KEY).alias("unit"))["unit"].implode())
    added = rows.with_columns(
        *(listed(side).alias(f"{side}_listed") for side in SIDES),
        *(flag.alias(name) for name, flag in strike_flags().items()),
        is_stale.alias("stale_open_interest"),
        series,
        adjusted,
        digest,
    )
    return added.with_columns(pl.col("snapshot_hash").sum().over(SNAPSHOT_KEY)).select(*CHAIN_ROWS)


def _adjusted(given: Mapping[str, pl.DataType]) -> pl.Expr:
    whole = pl.col("multiplier") == SHARES
    odd_root = pl.col("root").str.contains(r"\d$") & (pl.col("root") != pl.col("symbol"))
    odd_multiplier = ~whole & whole.any().over(SNAPSHOT_KEY)
    said = pl.col("adjusted") if "adjusted" in given else pl.lit(None, pl.Boolean)
    return (said.fill_null(value=False) | odd_root | odd_multiplier).fill_null(value=False).alias("adjusted")
