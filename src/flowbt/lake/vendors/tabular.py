"""Reading CSV and Parquet as text, with everything noticed that polars would pass over in silence."""

from pathlib import Path

import polars as pl

from flowbt.errors import RejectedFileError


def read_text_columns(path: Path) -> pl.DataFrame:
    """The file's columns as text, under its own header in lower case.

    Raises:
        RejectedFileError: not UTF-8, no header, short or long rows, or a damaged Parquet file.
    """
    if path.suffix == ".parquet":
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
        frame = pl.read_csv(raw, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise RejectedFileError("NOT_CSV", str(error).splitlines()[0]) from None
    names = [name.strip().lower().replace(" ", "_") for name in frame.columns]
    if len(set(names)) < len(names):
        raise RejectedFileError("DUPLICATE_COLUMN", "two columns bear one name")
    frame.columns = names
    return frame.with_columns(pl.all().str.strip_chars().replace("", None))


def require(frame: pl.DataFrame, columns: list[str]) -> None:
    """Raise `MISSING_COLUMN` unless all the columns are there."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise RejectedFileError("MISSING_COLUMN", f"{', '.join(missing)}; the file has {', '.join(frame.columns)}")


def _parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise RejectedFileError("NOT_PARQUET", str(error).splitlines()[0]) from None
    dates = pl.selectors.by_dtype(pl.Datetime)
    return frame.select(pl.all().name.to_lowercase()).with_columns(
        dates.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"), (~dates).cast(pl.String)
    )
