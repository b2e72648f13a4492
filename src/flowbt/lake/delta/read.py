"""Reading Parquet files of a lake: lazily what a query needs, or whole and checked where they are to be written anew."""

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
ADVICE = "restore it from a backup, or ingest its days again into a new lake; `flowbt verify` says all that is damaged"


def scan(place: Place, table: Table, files: Sequence[DataFile], *, paths: str | None = None) -> pl.LazyFrame:
    """The rows of some files of a table; `paths` names a column with the file that each row is of."""
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
    """Whether a column of text holds one of these values, to filter scanned files by.

    The values are one literal series: as a list of literals polars compares each row with each value.
    """
    return pl.col(column).is_in(pl.Series(values, dtype=pl.String).implode())


def collect(query: pl.LazyFrame, place: Place, table: Table, files: Sequence[DataFile]) -> pl.DataFrame:
    """The rows of a query over files of a table; one that cannot be read is named.

    Raises:
        StoreDamagedError: a file is missing or damaged.
    """
    try:
        return query.collect()
    except DAMAGE as error:
        damage = damage_in(place, table, files)
        raise damage or LakeError(f"table '{table.name}' of the lake cannot be read ({_first_line(error)})") from None


def damage_in(place: Place, table: Table, files: Sequence[DataFile]) -> StoreDamagedError | None:
    """Which of the files polars cannot read, as the error to raise."""
    for file in files:
        try:
            scan(place, table, [file]).collect()
        except DAMAGE as error:
            return _damaged(f"{table.name}/{file.path}", _first_line(error))
    return None


def read_checked(place: Place, table: Table, file: DataFile) -> pl.DataFrame:
    """All rows of a file whose bytes are those that were written: what is written anew must not bless damage.

    Raises:
        StoreDamagedError: they are not.
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
    """The files whose ranges reach any of these values, column by column; dates as text."""
    ordered = {column: sorted(values) for column, values in wanted.items()}
    return [file for file in files if all(_reaches(file, column, values) for column, values in ordered.items())]


def reaches(file: DataFile, first: date, last: date) -> bool:
    """Whether a file has days from `first` to `last`, both included, as far as its range says."""
    return "date" not in file.low or (file.low["date"] <= last.isoformat() and first.isoformat() <= file.high["date"])


def _reaches(file: DataFile, column: str, values: Sequence[str]) -> bool:
    if column not in file.low:
        return True
    return any(file.low[column] <= value <= file.high[column] for value in values)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
