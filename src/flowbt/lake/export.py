"""Export a table, or part of it, as plain files for other programs: `OUT/month=2026-08/chains.parquet` or `.csv`, one file per month.

A month is read and written as a stream, so memory stays small however large the table is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flowbt.documents import Result
from flowbt.errors import FlowbtError, LakeError, UnknownNameError
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.read import DAMAGE, among, damage_in, reaches, scan, within
from flowbt.lake.delta.tables import TABLES, Table
from flowbt.lake.store import Lake

FORMATS = ("parquet", "csv")


@dataclass(frozen=True)
class Export(Result):
    """An exported table: its name, the number of rows, and the files, as paths below the folder.

    Attributes:
        table: name of the table.
        rows: rows written.
        files: paths of the files written.
    """

    table: str
    rows: int
    files: tuple[str, ...]


def export_table(
    lake: Lake,
    out: Path,
    *,
    table: str = "chains",
    symbols: Sequence[str] | None = None,
    first: date | None = None,
    last: date | None = None,
    file_format: str = "parquet",
) -> Export:
    """Write a table to a new or empty folder.

    Raises:
        FlowbtError: the folder is not empty, or there is no such table, format or data.
        StoreDamagedError: a file of the lake cannot be read.
    """
    if table not in TABLES:
        raise UnknownNameError("table", table, TABLES, hint=f"there are {', '.join(TABLES)}")
    if file_format not in FORMATS:
        raise UnknownNameError("format", file_format, FORMATS, hint=f"there are {', '.join(FORMATS)}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FlowbtError(f"'{out}' is not empty: export into a new folder")
    chosen = TABLES[table]
    state = lake.ledger.state(chosen)
    if state is None:
        raise LakeError(
            f"the lake at '{lake.ledger.where}' has no table '{table}': it has {', '.join(lake.versions()) or 'none'}"
        )
    wanted, files = _wanted(chosen, state.files, symbols, first, last)
    rows, written = 0, list[str]()
    for month, of_month in _by_month(chosen, files):
        query = scan(lake.ledger.place, chosen, of_month).filter(*wanted).select(*chosen.columns)
        if month is not None:
            query = query.filter(pl.col("date").dt.strftime("%Y-%m") == month)
        path = out / ("" if month is None else f"month={month}") / f"{table}.{file_format}"
        try:
            count = _write(query, path)
        except DAMAGE as error:
            damage = damage_in(lake.ledger.place, chosen, of_month)
            raise damage or FlowbtError(f"'{path}' cannot be written: {str(error).splitlines()[0]}") from None
        rows += count
        written += [path.relative_to(out).as_posix()] if count else []
    return Export(table, rows, tuple(written))


def harmless(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Put an apostrophe before text that a spreadsheet would run as a formula; numbers are unchanged."""
    return frame.with_columns(pl.col(pl.String).str.replace(r"^([=+\-@\t\r])", "'${1}"))


def _wanted(
    table: Table, files: Sequence[DataFile], symbols: Sequence[str] | None, first: date | None, last: date | None
) -> tuple[list[pl.Expr], list[DataFile]]:
    chosen, wanted = list(files), []
    if symbols is not None and "symbol" not in table.columns:
        raise FlowbtError(f"table '{table.name}' has no symbols: leave out --symbols")
    if (first or last) and "date" not in table.columns:
        raise FlowbtError(f"table '{table.name}' has no days: leave out --from and --to")
    if symbols is not None:
        chosen = within(chosen, {"symbol": symbols})
        wanted.append(among("symbol", symbols))
    if first or last:
        low, high = first or date.min, last or date.max
        chosen = [file for file in chosen if reaches(file, low, high)]
        wanted.append(pl.col("date").is_between(low, high))
    return wanted, chosen


def _by_month(table: Table, files: Sequence[DataFile]) -> Iterator[tuple[str | None, list[DataFile]]]:
    """The months, ascending, each with the files that have days in it."""
    if "date" not in table.columns:
        yield None, list(files)
        return
    spans = [(date.fromisoformat(file.low["date"]), date.fromisoformat(file.high["date"])) for file in files]
    months = sorted({month for low, high in spans for month in _months(low, high)})
    for month in months:
        yield month, [file for file in files if file.low["date"][:7] <= month <= file.high["date"][:7]]


def _months(low: date, high: date) -> Iterator[str]:
    year, month = low.year, low.month
    while (year, month) <= (high.year, high.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _write(query: pl.LazyFrame, path: Path) -> int:
    """Write the rows under a temporary name first, so that an existing file is always complete; returns the number of rows."""
    count = int(query.select(pl.len()).collect().item())
    if count:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        if path.suffix == ".csv":
            harmless(query).sink_csv(partial)
        else:
            query.sink_parquet(partial, compression="zstd")
        partial.replace(path)
    return count
