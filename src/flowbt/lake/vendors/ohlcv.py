"""ohlcv: daily price bars as CSV (or Parquet) with a header in any of the usual spellings.

The symbol comes from a column, from --symbol, or from the file's name up to its first underscore (`IWM_2026.csv` is IWM).
"""

from pathlib import Path

import polars as pl

from flowbt.lake.vendors.base import ReadOptions, VendorFormat
from flowbt.lake.vendors.tabular import of_symbol, read_text_columns, require
from flowbt.schema import PRICE_BARS

SPELLINGS = {
    "ticker": "symbol",
    "timestamp": "date",
    "datetime": "date",
    "day": "date",
    "adj._close": "adj_close",
    "adjclose": "adj_close",
    "adjusted_close": "adj_close",
    "vol": "volume",
}


def _recognises(path: Path, head: bytes) -> bool:
    if path.suffix.lower() == ".parquet":
        names = set(pl.read_parquet_schema(path))
    else:
        names = set(head.decode("utf-8-sig", errors="replace").split("\n", 1)[0].strip().split(","))
    folded = {name.strip().lower() for name in names}
    return {"open", "high", "low", "close"} <= folded and not folded & {"strike", "expiration", "openinterest"}


def _read(path: Path, options: ReadOptions) -> pl.DataFrame:
    frame = read_text_columns(path)
    names = {new: old for old, new in SPELLINGS.items() if old in frame.columns and new not in frame.columns}
    frame = frame.rename({old: new for new, old in names.items()})
    require(frame, ["date", "open", "high", "low", "close"])
    if "symbol" not in frame.columns:
        symbol = options.symbol or path.stem.split("_")[0].upper()
        frame = frame.with_columns(pl.lit(symbol).alias("symbol"))
    else:
        frame = of_symbol(frame, options.symbol)
    return frame.select(name for name in PRICE_BARS if name in frame.columns).with_columns(
        pl.col("symbol").str.to_uppercase()
    )


FORMAT = VendorFormat(
    name="ohlcv",
    table="prices",
    description="Daily price bars as CSV; symbol from a column, --symbol, or the file's name.",
    suffixes=(".csv", ".parquet"),
    recognises=_recognises,
    read=_read,
)
