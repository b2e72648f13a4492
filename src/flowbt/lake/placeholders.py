"""A 0 for every contract of a day means "not known": it is null in the lake, with a mark that the source gave 0.

A day may come in parts, and one part is not enough to decide: its zeros are placeholders until another part of the day has a number
above 0. So the lake keeps a mark for each 0 that it replaced by null (`flowbt.schema.ZERO_COLUMNS`). When a part arrives, the numbers
of the source are restored (`restore_zeros`), the whole day is checked again, and the result is stored (`mask_placeholders`). The order
of the parts does not matter.
"""

from typing import Final

import polars as pl

from flowbt.schema import JUDGED_BY_DAY, SIDES, SNAPSHOT_KEY, ZERO_COLUMNS

UNIT: Final = list(SNAPSHOT_KEY)


def restore_zeros(rows: pl.DataFrame) -> pl.DataFrame:
    """Stored strike rows with the zeros that their source gave; rows that were read without the marks are unchanged."""
    marks = {name: mark for name, mark in ZERO_COLUMNS.items() if mark in rows.columns}
    given = [pl.when(mark).then(0).otherwise(name).cast(pl.Int64).alias(name) for name, mark in marks.items()]
    return rows.with_columns(given).drop(marks.values())


def mask_placeholders(rows: pl.DataFrame, unknown: pl.DataFrame | None) -> pl.DataFrame:
    """Strike rows with `ZERO_COLUMNS`: the zeros of unknown columns are null and marked.

    Args:
        rows: strike rows of whole days.
        unknown: `symbol, date, what` of the columns that contain only a placeholder.
    """
    none = [pl.lit(value=False).alias(mark) for mark in ZERO_COLUMNS.values()]
    if unknown is None or not unknown.height:
        return rows.with_columns(none)
    for what in JUDGED_BY_DAY:
        days = unknown.filter(pl.col("what") == what).select(*UNIT, is_unknown=pl.lit(value=True)).unique()
        rows = rows.join(days, on=UNIT, how="left", maintain_order="left")
        columns = [f"{side}_{what}" for side in SIDES]
        # another writer may have stored a number above 0 since the file was checked
        zeros_only = (pl.max_horizontal(columns).max().over(UNIT) == 0) & pl.col("is_unknown").fill_null(value=False)
        rows = rows.with_columns(zeros_only.fill_null(value=False).alias("is_unknown"))
        marks = [(pl.col("is_unknown") & (pl.col(name) == 0)).fill_null(value=False) for name in columns]
        rows = rows.with_columns(
            *(mark.alias(ZERO_COLUMNS[name]) for name, mark in zip(columns, marks, strict=True)),
            *(pl.when(~mark).then(name).alias(name) for name, mark in zip(columns, marks, strict=True)),
        ).drop("is_unknown")
    return rows
