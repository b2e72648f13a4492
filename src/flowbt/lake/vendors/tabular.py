"""Reading CSV and Parquet as text, with everything noticed that polars would pass over in silence."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import polars as pl

from flowbt.errors import RejectedFileError


def read_text_columns(path: Path) -> pl.DataFrame:
    """The file's columns as text, under its own header in lower case.

    Raises:
        RejectedFileError: not UTF-8, no header, short or long rows, or a damaged Parquet file.
    """
    if path.suffix.lower() == ".parquet":
        return _parquet(path)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RejectedFileError("NOT_UTF8", f"{error.reason} at byte {error.start}: save it as UTF-8") from None
    if not text.strip():
        raise RejectedFileError("EMPTY", "the file has no text")
    if "\0" in text:
        raise RejectedFileError("NOT_UTF8", "the file holds NUL bytes: save it as UTF-8")
    header = text.split("\n", 1)[0]
    if "," not in header:
        raise RejectedFileError("NOT_CSV", f"no comma in the first line '{header.strip()[:60]}'")
    if not text.endswith("\n") and text.rsplit("\n", 1)[-1].count(",") < header.count(","):
        raise RejectedFileError("TRUNCATED", "the last line is cut short")
    try:
        names = _distinct(_header_name(name) for name in next(csv.reader([header.rstrip("\r")])))
        _refuse_short_rows(text, len(names))
        frame = pl.read_csv(raw, infer_schema=False)
        frame.columns = names
    except (pl.exceptions.PolarsError, csv.Error) as error:
        raise RejectedFileError("NOT_CSV", str(error).splitlines()[0]) from None
    frame = frame.with_columns(pl.all().str.strip_chars().replace("", None))
    return frame.filter(pl.any_horizontal(pl.all().is_not_null()))


def column_names(path: Path, head: bytes) -> set[str]:
    """The names in a file's header, as `read_text_columns` would give them, from its first bytes (Parquet: from itself)."""
    if path.suffix.lower() == ".parquet":
        return {name.lower() for name in pl.read_parquet_schema(path)}
    first_line = head.decode("utf-8-sig", errors="replace").split("\n", 1)[0]
    return {_header_name(name.strip('"\r ')) for name in first_line.split(",")}


def _header_name(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_")


def _distinct(names: Iterable[str]) -> list[str]:
    names = list(names)
    if twice := {name for name in names if names.count(name) > 1}:
        raise RejectedFileError("DUPLICATE_COLUMN", f"two columns bear the name {', '.join(sorted(twice))}")
    return names


def _refuse_short_rows(text: str, width: int) -> None:
    """Polars fills a row that lacks its last cells with nulls, in silence; a blank line is no row."""
    if '"' in text:
        cells = pl.Series([len(row) for row in csv.reader(StringIO(text))])
    else:
        lines = pl.Series(text.split("\n"))
        cells = (lines.str.count_matches(",", literal=True) + 1) * (lines.str.strip_chars() != "")
    short = cells.is_between(1, width - 1).arg_true()
    if len(short):
        raise RejectedFileError(
            "NOT_CSV", f"row {short[0] + 1} has {cells[short[0]]} cells where the header has {width}"
        )


def require(frame: pl.DataFrame, columns: list[str]) -> None:
    """Raise `MISSING_COLUMN` unless all the columns are there."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise RejectedFileError("MISSING_COLUMN", f"{', '.join(missing)}; the file has {', '.join(frame.columns)}")


def of_symbol(frame: pl.DataFrame, symbol: str | None) -> pl.DataFrame:
    """The rows of one symbol, or all where none is asked for; `NO_SUCH_SYMBOL` where it has none."""
    if symbol is None:
        return frame
    found = frame.filter(pl.col("symbol").str.to_uppercase() == symbol)
    if frame.height and not found.height:
        raise RejectedFileError("NO_SUCH_SYMBOL", f"the file has no rows of {symbol}")
    return found


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise RejectedFileError("NOT_PARQUET", str(error).splitlines()[0]) from None
    frame.columns = _distinct(name.lower() for name in frame.columns)
    return frame.select(_as_text(name, dtype) for name, dtype in frame.schema.items())


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """The column as text; what has no text form gives its dtype's name, which no column can be read from."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("%:z" if dtype.time_zone else ""))
    formless = dtype.is_nested() or isinstance(dtype, pl.Duration | pl.Binary | pl.Object)
    text = pl.lit(None, pl.String) if formless else column.cast(pl.String)
    return pl.when(column.is_not_null()).then(pl.coalesce(text, pl.lit(str(dtype)))).alias(name)
