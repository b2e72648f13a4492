"""prints: the trade tape in our own columns (`flowbt.schema.PRINTS`), one row per execution, as CSV or Parquet.

Required: symbol, time (ISO 8601, UTC where it bears no offset), price, size, and either `contract` (a contract symbol, as in
`IWM260424P00256000`) or expiration, strike and option_type (`call` or `put`). Everything else may be absent: `root` is then
the symbol, `date` the time's day in New York, `multiplier` 100; `side` follows from bid and ask where its cell is empty, and
is left unknown where the cell says `no_side`. Rows with `canceled` (true or t) are left out; with an `id` of the execution,
rows that repeat one are told from executions that are alike.
"""

from pathlib import Path

import polars as pl

from flowbt.lake.tape import TAPE_COLUMNS
from flowbt.lake.vendors.base import ReadOptions, VendorFormat
from flowbt.lake.vendors.tabular import column_names, of_symbol, read_text_columns, require

EXECUTION = ["symbol", "time", "price", "size"]
CONTRACT = ["expiration", "strike", "option_type"]


def _recognises(path: Path, head: bytes) -> bool:
    names = column_names(path, head)
    return set(EXECUTION) <= names and ("contract" in names or set(CONTRACT) <= names)


def _read(path: Path, options: ReadOptions) -> pl.DataFrame:
    frame = read_text_columns(path)
    require(frame, EXECUTION if "contract" in frame.columns else EXECUTION + CONTRACT)
    frame = of_symbol(frame, options.symbol).select(name for name in TAPE_COLUMNS if name in frame.columns)
    return frame.with_columns(
        *(pl.col(name).str.to_uppercase() for name in ("symbol", "root") if name in frame.columns),
        *(pl.col(name).str.to_lowercase() for name in ("option_type", "side") if name in frame.columns),
    )


FORMAT = VendorFormat(
    name="prints",
    table="prints",
    description="The trade tape in flowbt's own columns, one row per execution, as CSV or Parquet.",
    suffixes=(".csv", ".parquet"),
    recognises=_recognises,
    read=_read,
)
