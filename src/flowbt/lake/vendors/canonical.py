"""canonical: our own columns (`flowbt.schema.CONTRACT_ROWS`), one row per option, as CSV or Parquet.

Required: symbol, date, expiration, strike, option_type (`call` or `put`). Everything else may be absent; `root` is then
the symbol and `oi_lag` is 1, as at most vendors (0 is refused: not known at the close). Units are those of the schema: `iv` as a fraction, puts' `delta` negative.
"""

from pathlib import Path

import polars as pl

from flowbt.lake.vendors.base import ReadOptions, VendorFormat
from flowbt.lake.vendors.tabular import column_names, of_symbol, read_text_columns, require
from flowbt.schema import CONTRACT_ROWS

REQUIRED = ["symbol", "date", "expiration", "strike", "option_type"]


def _recognises(path: Path, head: bytes) -> bool:
    names = column_names(path, head)
    return set(REQUIRED) <= names and not {"time", "price", "size"} <= names


def _read(path: Path, options: ReadOptions) -> pl.DataFrame:
    frame = read_text_columns(path)
    require(frame, REQUIRED)
    frame = of_symbol(frame, options.symbol)
    if "root" not in frame.columns:
        frame = frame.with_columns(pl.col("symbol").alias("root"))
    return frame.select(name for name in CONTRACT_ROWS if name in frame.columns).with_columns(
        pl.col("symbol", "root").str.to_uppercase(), pl.col("option_type").str.to_lowercase()
    )


FORMAT = VendorFormat(
    name="canonical",
    table="chains",
    description="flowbt's own columns, one row per option, as CSV or Parquet.",
    suffixes=(".csv", ".parquet"),
    recognises=_recognises,
    read=_read,
)
