"""The lake as the rest of flowbt sees it: a folder from which to read chains and prices, and to which to write days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from flowbt.errors import LakeError, UnknownNameError
from flowbt.lake.tables import (
    CHAINS,
    PRICES,
    QUARANTINE,
    UNIT,
    Table,
    append_rows,
    collect,
    files_by_month,
    files_of,
    open_table,
    read_files,
    write_units,
)
from flowbt.schema import STRIKE_ROWS, listed


class Lake:
    """A lake in a folder; opening it reads nothing.

    Raises:
        LakeError: from a method, where the lake or what is asked of it is missing or cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def write_strike_rows(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring whole snapshots in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        self.__dict__.pop("_months", None)
        return write_units(self.path, CHAINS, rows, note or {})

    def write_bars(self, rows: pl.DataFrame, note: Mapping[str, str] | None = None) -> pl.DataFrame:
        """Bring price bars in, in one commit; says of each `symbol, date` its `state`: new, restated, unchanged."""
        return write_units(self.path, PRICES, rows, note or {})

    def quarantine(self, rows: pl.DataFrame) -> None:
        """Keep rows that were not stored: `file, format, reason, record`; those that are there already are left alone."""
        delta = open_table(self.path, QUARANTINE)
        if delta is not None:
            rows = rows.join(collect(read_files(files_of(delta))), on=rows.columns, how="anti")
        if rows.height:
            append_rows(self.path, QUARANTINE, rows)

    def versions(self) -> dict[str, int]:
        """The number of each table's newest commit; a table never written is left out."""
        opened = {table.name: open_table(self.path, table) for table in (CHAINS, PRICES, QUARANTINE)}
        return {name: int(delta.version()) for name, delta in opened.items() if delta is not None}

    def quarantined(self) -> int:
        """How many rows are in quarantine."""
        return self._count(QUARANTINE)

    def bars(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Price bars (`flowbt.schema.PRICE_BARS`) by symbol and date; empty where the lake has none."""
        delta = open_table(self.path, PRICES)
        if delta is None:
            return pl.DataFrame(schema=dict(PRICES.columns))
        scan = read_files(files_of(delta))
        if symbols is not None:
            scan = scan.filter(pl.col("symbol").is_in(list(symbols)))
        return collect(scan.select(*PRICES.columns).sort(UNIT))

    def snapshots(self, symbols: Sequence[str] | None = None) -> pl.DataFrame:
        """Which snapshots there are: `symbol, date, strikes` (rows), by symbol and date."""
        wanted = None if symbols is None else pl.col("symbol").is_in(list(symbols))
        return self._per_snapshot({"strikes": pl.len().cast(pl.Int64)}, wanted)

    def contents(self) -> pl.DataFrame:
        """What the snapshots hold: `symbol, date, contracts, adjusted, oi_lag`, by symbol and date.

        `adjusted` contracts, which metrics leave out, have a root with a number behind the symbol, or not 100 shares.
        """
        contracts = listed("call").cast(pl.Int64) + listed("put").cast(pl.Int64)
        odd_root = pl.col("root").str.contains(r"\d$") & (pl.col("root") != pl.col("symbol"))
        adjusted = contracts.filter(odd_root | (pl.col("multiplier") != 100)).sum()
        return self._per_snapshot(
            {"contracts": contracts.sum(), "adjusted": adjusted, "oi_lag": pl.col("oi_lag").first()}
        )

    def strike_rows(self, columns: Iterable[str], symbols: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """Strike rows of these symbols from `first` to `last`, both included, each snapshot one run in stored order."""
        columns = list(columns)
        low, high = f"{first:%Y-%m}", f"{last:%Y-%m}"
        files = [file for month, found in self._months.items() if low <= month <= high for file in found]
        if not files:
            return pl.DataFrame(schema={name: STRIKE_ROWS[name] for name in columns})
        wanted = pl.col("symbol").is_in(list(symbols)) & pl.col("date").is_between(first, last)
        return collect(read_files(files).filter(wanted).select(columns))

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
