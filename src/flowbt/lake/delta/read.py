"""Read a lake's Parquet files: lazily, only what a query needs, or completely and verified if they are rewritten."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from flowbt.errors import LakeError, StoreDamagedError
from flowbt.lake.delta.log_entry import DataFile
from flowbt.lake.delta.storage import Place
from flowbt.lake.delta.tables import Table

DAMAGE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
ADVICE = "restore it from a backup, or ingest its days again into a new lake; `flowbt verify` lists all damage"


def scan(place: Place, table: Table, files: Sequence[DataFile], *, paths: str | None = None) -> pl.LazyFrame:
    """The rows of some files of a table; `paths` is the name of a column with the path of each row's file."""
    if not files:
        none = pl.LazyFrame(schema=dict(table.columns))
        return none if paths is None else none.with_columns(pl.lit(None, pl.String).alias(paths))
    return pl.scan_parquet(
        [place.locate(f"{table.name}/{file.path}") for file in files],
        hive_partitioning=False,
        glob=False,
        include_file_paths=paths,
        storage_options=None if place.storage_options is None else dict(place.storage_options),
    )


def among(column: str, values: Sequence[str]) -> pl.Expr:
    """Whether a text column has one of these values, as a filter for scanned files.

    The values are one literal series, since polars compares each row with each value of a list of literals.
    """
    return pl.col(column).is_in(pl.Series(values, dtype=pl.String).implode())


def collect(query: pl.LazyFrame, place: Place, table: Table, files: Sequence[DataFile]) -> pl.DataFrame:
    """The result of a query over files of a table.

    Raises:
        StoreDamagedError: a file is missing or damaged; the message names it.
        LakeError: the files are fine, but the query failed.
    """
    try:
        return query.collect()
    except DAMAGE as error:
        damage = damage_in(place, table, files)
        raise damage or LakeError(f"table '{table.name}' of the lake cannot be read ({_first_line(error)})") from None


def damage_in(place: Place, table: Table, files: Sequence[DataFile]) -> StoreDamagedError | None:
    """The error for the first file that polars cannot read; None if it can read all."""
    for file in files:
        try:
            scan(place, table, [file]).collect()
        except DAMAGE as error:
            return _damaged(f"{table.name}/{file.path}", _first_line(error))
    return None


def read_checked(place: Place, table: Table, file: DataFile) -> pl.DataFrame:
    """All rows of a file, after its sha256 was verified: damaged rows must not be rewritten with a new, valid sha256.

    Raises:
        StoreDamagedError: the file is missing, or its bytes were changed.
    """
    name = f"{table.name}/{file.path}"
    try:
        data = place.read(name)
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise _damaged(name, "its bytes were changed")
        return pl.read_parquet(io.BytesIO(data), columns=list(table.columns))
    except DAMAGE as error:
        raise _damaged(name, _first_line(error)) from None


def _damaged(name: str, reason: str) -> StoreDamagedError:
    return StoreDamagedError(f"'{name}' of the lake cannot be read ({reason}): {ADVICE}")


def within(files: Sequence[DataFile], wanted: Mapping[str, Sequence[str]]) -> list[DataFile]:
    """The files whose ranges include any of these values in every column; dates as text."""
    ordered = {column: sorted(values) for column, values in wanted.items()}
    return [file for file in files if all(_reaches(file, column, values) for column, values in ordered.items())]


def reaches(file: DataFile, first: date, last: date) -> bool:
    """Whether a file may have days from `first` to `last`, both included, by its range."""
    return "date" not in file.low or (file.low["date"] <= last.isoformat() and first.isoformat() <= file.high["date"])


def _reaches(file: DataFile, column: str, values: Sequence[str]) -> bool:
    if column not in file.low:
        return True
    return any(file.low[column] <= value <= file.high[column] for value in values)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
