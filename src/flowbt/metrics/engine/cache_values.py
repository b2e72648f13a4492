"""Encoding of metric values in the lake's table `metrics`: numbers as numbers, names as text, lists of numbers as JSON."""

import json
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from flowbt.errors import DefinitionError
from flowbt.schema import METRIC_ROWS, SNAPSHOT_KEY, conform

KEY: Final = list(SNAPSHOT_KEY)
NUMBERS: Final = (
    pl.Float64(), pl.Float32(), pl.Int64(), pl.Int32(), pl.Int16(), pl.Int8(), pl.UInt64(), pl.UInt32(), pl.UInt16(),
    pl.UInt8(), pl.Boolean(), pl.Null(),
)  # fmt: skip
DTYPES: Final[dict[str, pl.DataType]] = {
    str(dtype): dtype for dtype in (*NUMBERS, pl.Date(), pl.String(), pl.List(pl.Float64()))
}


def to_rows(frame: pl.DataFrame, column: str, facts: Mapping[str, Any]) -> pl.DataFrame:
    """A column's values as rows of the table, together with constant `facts` (metric, parameters, hashes).

    Raises:
        DefinitionError: the values have a type that the table cannot store.
    """
    dtype = frame.schema[column]
    if str(dtype) not in DTYPES:
        raise DefinitionError(
            f"values of '{facts['metric']}' have type {dtype}, which cannot be stored: use numbers, booleans, dates, text "
            "or lists of numbers"
        )
    number, text = pl.lit(None, pl.Float64), pl.lit(None, pl.String)
    if dtype == pl.String():
        text = pl.col(column)
    elif dtype.is_nested():
        lists = [None if value is None else json.dumps(value.to_list()) for value in frame[column]]
        text = pl.lit(pl.Series(lists, dtype=pl.String))
    elif dtype == pl.Date():
        number = pl.col(column).cast(pl.Int32).cast(pl.Float64)
    else:
        number = pl.col(column).cast(pl.Float64)
    constants = {name: pl.lit(value) for name, value in {**facts, "dtype": str(dtype)}.items()}
    return conform(frame.select(*KEY, number.alias("number"), text.alias("text"), **constants), METRIC_ROWS)


def from_rows(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """One metric's stored rows as `symbol, date` and a column of the original type."""
    dtype = DTYPES[str(rows["dtype"].to_list()[0])]
    if dtype == pl.String():
        value = pl.col("text")
    elif dtype.is_nested():
        value = pl.col("text").str.json_decode(dtype)
    elif dtype == pl.Date():
        value = pl.col("number").cast(pl.Int32).cast(pl.Date)
    else:
        value = pl.col("number").cast(dtype)
    return rows.select(*KEY, value.alias(column))
