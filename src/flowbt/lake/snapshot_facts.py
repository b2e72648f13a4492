"""Facts about each snapshot: expressions over its strike rows, and closes for chains that lack the price of their underlying."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from flowbt.schema import JUDGED_BY_DAY, SIDES, SNAPSHOT_KEY, SPOT_SOURCE, ZERO_COLUMNS

SNAPSHOT_FACTS: Final[Mapping[str, pl.Expr]] = {
    "strikes": pl.len().cast(pl.Int64),
    "snapshot_hash": pl.col("snapshot_hash").first(),
    "underlying_price": pl.col("underlying_price").drop_nulls().first(),
}
"""Columns of `Lake.snapshots`."""

_LISTED: Final = pl.col("call_listed").cast(pl.Int64) + pl.col("put_listed").cast(pl.Int64)
CONTENT_FACTS: Final[Mapping[str, pl.Expr]] = {
    **SNAPSHOT_FACTS,
    "contracts": _LISTED.sum(),
    "adjusted": _LISTED.filter(pl.col("adjusted")).sum(),
    "oi_lag": pl.col("oi_lag").first(),
    "stale_open_interest": pl.col("stale_open_interest").first(),
    **{
        f"unknown_{what}": pl.any_horizontal(ZERO_COLUMNS[f"{side}_{what}"] for side in SIDES).any()
        for what in JUDGED_BY_DAY
    },
}
"""Columns of `Lake.contents`."""


def with_closes(snapshots: pl.DataFrame, bars_of: Callable[[Sequence[str]], pl.DataFrame]) -> pl.DataFrame:
    """Snapshots with the close of the day's bar if the chain has no price of the underlying.

    Args:
        snapshots: `symbol, date, underlying_price`, and other columns.
        bars_of: the price bars of these symbols.

    Returns:
        The snapshots with `underlying_price_source`: `chain`, `bar`, or null if there is no price.
    """
    from_chain = pl.when(pl.col("underlying_price").is_not_null()).then(pl.lit("chain")).alias(SPOT_SOURCE)
    snapshots = snapshots.with_columns(from_chain)
    without_price = snapshots.filter(pl.col(SPOT_SOURCE).is_null())["symbol"].unique().to_list()
    if not without_price:
        return snapshots
    closes = bars_of(without_price).select(*SNAPSHOT_KEY, pl.col("close").alias("_close"))
    from_bar = pl.when(pl.col("_close").is_not_null()).then(pl.lit("bar"))
    return (
        snapshots.join(closes, on=SNAPSHOT_KEY, how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("underlying_price", "_close").alias("underlying_price"),
            pl.coalesce(SPOT_SOURCE, from_bar).alias(SPOT_SOURCE),
        )
        .drop("_close")
    )
