"""What the price did next: forward returns, the one place in flowbt that looks ahead.

A verdict of session t can be acted on at the open of t+1 at the earliest, so a return over H sessions runs from the open
of t+1 to the open of t+1+H, and the last H+1 sessions have none.

    entry        from            to
    next_open    open of t+1     open of t+1+H
    next_close   close of t+1    close of t+1+H
    close        close of t      close of t+H      (what followed, not what could be traded)

Returns are on total-return prices where the bars have an adjusted close at both ends, else on prices as traded.
"""

from collections.abc import Sequence
from typing import Literal

import polars as pl

from flowbt.calendar import sessions

Entry = Literal["next_open", "next_close", "close"]


def forward_returns(bars: pl.DataFrame, horizons: Sequence[int], entry: Entry = "next_open") -> pl.DataFrame:
    """Forward returns per symbol and session.

    Args:
        bars: `flowbt.schema.PRICE_BARS`.
        horizons: in sessions.
        entry: where the return starts.

    Returns:
        `symbol, date` and one column `return_H` per horizon, as fractions; null where either end has no bar.
    """
    price, first = {"next_open": ("open", 1), "next_close": ("close", 1), "close": ("close", 0)}[entry]
    adjusted = pl.col(price) * pl.col("adj_close") / pl.col("close")
    grid = _on_sessions(bars).with_columns(pl.col(price).alias("_traded"), adjusted.alias("_adjusted"))

    def change(column: str, horizon: int) -> pl.Expr:
        start, end = pl.col(column).shift(-first), pl.col(column).shift(-first - horizon)
        return (end / start - 1).over("symbol")

    return grid.select(
        "symbol",
        "date",
        *(pl.coalesce(change("_adjusted", h), change("_traded", h)).alias(f"return_{h}") for h in horizons),
    )


def _on_sessions(bars: pl.DataFrame) -> pl.DataFrame:
    """The bars with a row for every session, so that a missing bar is a missing price and not a shorter horizon."""
    spans = bars.group_by("symbol").agg(pl.col("date").min().alias("first"), pl.col("date").max().alias("last"))
    if not spans.height:
        return bars
    days = pl.DataFrame({"date": sessions(bars["date"].min(), bars["date"].max())})  # type: ignore[arg-type]
    grid = spans.join(days, how="cross").filter(pl.col("date").is_between("first", "last")).select("symbol", "date")
    return grid.join(bars, on=["symbol", "date"], how="left").sort("symbol", "date")
