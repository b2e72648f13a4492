"""What the lake adds to the rows that it is given: sides, flags, series, hashes, and which contracts are adjusted."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from flowbt.lake.delta.tables import require_columns
from flowbt.lake.flags import strike_flags
from flowbt.lake.placeholders import mask_placeholders
from flowbt.schema import CHAIN_ROWS, SIDES, SNAPSHOT_KEY, STRIKE_ROWS, ZERO_COLUMNS, listed

SHARES: Final = 100.0
"""What a standard contract is for."""


def as_stored(
    rows: pl.DataFrame,
    given: Mapping[str, pl.DataType],
    table: str,
    stale: pl.DataFrame | None = None,
    unknown: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Strike rows or prints with what the lake adds to them (`flowbt.schema.CHAIN_ROWS`, `STORED_PRINTS`).

    Args:
        rows: of whole days, as the source gave them.
        given: the columns that they have.
        table: the name of their table.
        stale: `symbol, date` of snapshots that repeat the open interest of the one before.
        unknown: `symbol, date, what` of columns that hold only a placeholder (`flowbt.lake.placeholders`).
    """
    require_columns(rows, given, table)
    own_roots = rows["root"].equals(rows["symbol"], check_names=False)
    if given is not STRIKE_ROWS:
        digest = rows.hash_rows().reinterpret(signed=True).alias("snapshot_hash")
        added = rows.with_columns(adjusted_contracts(rows), digest)
        return added.with_columns(pl.col("snapshot_hash").sum().over(SNAPSHOT_KEY))
    # after `adjusted`, so that a day stored in parts has the same hash as one stored at once
    rows = rows.with_columns(adjusted_contracts(rows), *(listed(side).alias(f"{side}_listed") for side in SIDES))
    rows = mask_placeholders(rows, unknown)
    # a day whose zeros are marked is not the same as one of which the source gave nothing
    bits = (pl.col(mark).cast(pl.Int64) * 2**n for n, mark in enumerate(ZERO_COLUMNS.values()))
    marked = rows.select(pl.sum_horizontal(bits)).to_series()
    digest = rows.select(*STRIKE_ROWS).hash_rows().reinterpret(signed=True)
    digest = (digest + marked).alias("snapshot_hash")
    place = pl.lit(1) if own_roots else pl.col("root").rank("dense").over(*SNAPSHOT_KEY, "expiration")
    series = (place - 1).cast(pl.Int8).alias("series")
    is_stale = pl.lit(value=False)
    if stale is not None and stale.height:
        is_stale = pl.struct(SNAPSHOT_KEY).is_in(stale.select(pl.struct(SNAPSHOT_KEY).alias("unit"))["unit"].implode())
    added = rows.with_columns(
        *(flag.alias(name) for name, flag in strike_flags().items()),
        is_stale.alias("stale_open_interest"),
        series,
        digest,
    )
    return added.with_columns(pl.col("snapshot_hash").sum().over(SNAPSHOT_KEY)).select(*CHAIN_ROWS)


def adjusted_contracts(rows: pl.DataFrame) -> pl.Expr:
    """Whether a contract of these rows is adjusted, as `flowbt.schema.CHAIN_ROWS` says it."""
    whole = pl.col("multiplier") == SHARES
    odd_root = odd_multiplier = pl.lit(value=False)
    # nearly all rows have the symbol as their root and are for 100 shares, which is cheap to see
    if not rows["root"].equals(rows["symbol"], check_names=False):
        odd_root = pl.col("root").str.contains(r"\d$") & (pl.col("root") != pl.col("symbol"))
    if not (rows["multiplier"] == SHARES).all():
        odd_multiplier = ~whole & whole.any().over(SNAPSHOT_KEY)
    said = pl.col("adjusted") if "adjusted" in rows.columns else pl.lit(None, pl.Boolean)
    return (said.fill_null(value=False) | odd_root | odd_multiplier).fill_null(value=False).alias("adjusted")
