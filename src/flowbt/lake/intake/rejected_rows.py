"""The form in which rows are kept that cannot be stored."""

from typing import Final

import polars as pl

from flowbt.lake.vendors.translate import ROW

REJECTED: Final = {ROW: pl.Int64(), "reason": pl.String(), "reasons": pl.String(), "record": pl.String()}
"""Rows that are not kept: their number in the file, the first code, all codes, and the row's cells as JSON."""


def rejected_rows(rows: pl.DataFrame, reasons: pl.Series) -> pl.DataFrame:
    """Rows with `row`, in the form of `REJECTED`."""
    if not rows.height:
        return pl.DataFrame(schema=REJECTED)
    record = pl.struct(pl.exclude(ROW, "reasons")).struct.json_encode()
    return rows.select(
        pl.col(ROW).cast(pl.Int64),
        reasons.str.split(" ").list.first().alias("reason"),
        reasons.alias("reasons"),
        record.alias("record"),
    )
