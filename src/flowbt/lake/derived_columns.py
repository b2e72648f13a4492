"""Columns that the lake computes and stores with the rows: flags, series numbers, hashes, and which contracts are adjusted."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from flowbt.lake.delta.tables import require_columns
from flowbt.lake.flags import strike_flags
from flowbt.lake.placeholders import mask_placeholders
from flowbt.schema import CHAIN_ROWS, SIDES, SNAPSHOT_KEY, STRIKE_ROWS, ZERO_COLUMNS, listed

SHARES: Final = 100.0
"""Shares per standard contract."""


def as_stored(
    rows: pl.DataFrame,
    given: Mapping[str, pl.DataType],
    table: str,
    stale: pl.DataFrame | None = None,
    unknown: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Strike rows or prints with the columns that the lake computes (`flowbt.schema.CHAIN_ROWS`, `STORED_PRINTS`).

    Args:
        rows: rows of whole days, as the source gave them.
        given: the columns that they have.
        table: the name of their table.
        stale: `symbol, date` of snapshots that repeat the open interest of the snapshot before.
        unknown: `symbol, date, what` of columns that contain only a placeholder (`flowbt.lake.placeholders`).

    Raises:
        LakeError: the rows do not have exactly the columns `given`.
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
    # a day whose zeros are marked differs from a day without numbers from the source
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
    """Whether a contract is adjusted: marked by the source, with a digit at the end of its root, or with an unusual multiplier.

    See `adjusted` in `flowbt.schema.CHAIN_ROWS`.
    """
    whole = pl.col("multiplier") == SHARES
    unusual_root = unusual_multiplier = pl.lit(value=False)
    # nearly all rows have the symbol as their root and 100 shares, which is cheap to check
    if not rows["root"].equals(rows["symbol"], check_names=False):
        unusual_root = pl.col("root").str.contains(r"\d$") & (pl.col("root") != pl.col("symbol"))
    if not (rows["multiplier"] == SHARES).all():
        unusual_multiplier = ~whole & whole.any().over(SNAPSHOT_KEY)
    marked_by_source = pl.col("adjusted") if "adjusted" in rows.columns else pl.lit(None, pl.Boolean)
    return (
        (marked_by_source.fill_null(value=False) | unusual_root | unusual_multiplier)
        .fill_null(value=False)
        .alias("adjusted")
    )
