"""What the open interest of a row means, read from the data: the right lag is the one that volume can explain.

Open interest changes by no more than what was traded. If row t holds the close of t-1 (lag 1), the change from row t to
row t+1 was made by the volume of t; if it holds the close of t itself (lag 0), by that of t+1. A contract that a source still
lists after its last trading day is left out: what becomes of it is settlement.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from flowbt.expiries import is_dead, with_last_trading_day
from flowbt.lake.store import Lake
from flowbt.schema import SIDES, STRIKE_KEY

MIN_CHANGES = 100
MIN_LEAD = 0.05


def detect_oi_lag(lake: Lake, symbol: str, days: Sequence[date]) -> int | None:
    """1 or 0, whichever lag explains more of the changes between neighbouring days; None where the data do not say.

    The data do not say with fewer than 100 changes, or where the two shares differ by less than 5 points.
    """
    columns = [*STRIKE_KEY, *(f"{side}_{name}" for side in SIDES for name in ("volume", "open_interest"))]
    rows = lake.strike_rows(columns, [symbol], days[0], days[-1])
    rows = with_last_trading_day(rows, lake.exchanges([symbol])[symbol]).filter(~is_dead())
    number = pl.DataFrame({"date": days, "day": range(len(days))}, schema={"date": pl.Date, "day": pl.Int64})
    rows = rows.join(number, on="date").drop("date")
    pairs = rows.join(
        rows.with_columns(pl.col("day") - 1), on=["symbol", "root", "expiration", "strike", "day"], suffix="_next"
    )
    lag_1 = lag_0 = changes = 0
    for side in SIDES:
        change = (pl.col(f"{side}_open_interest_next") - pl.col(f"{side}_open_interest")).abs()
        explained = pairs.filter(change > 0).select(
            (change <= pl.col(f"{side}_volume")).sum().alias("lag_1"),
            (change <= pl.col(f"{side}_volume_next")).sum().alias("lag_0"),
            pl.len().alias("changes"),
        )
        one, zero, count = explained.row(0)
        lag_1, lag_0, changes = lag_1 + one, lag_0 + zero, changes + count
    if changes < MIN_CHANGES or abs(lag_1 - lag_0) < MIN_LEAD * changes:
        return None
    return 1 if lag_1 > lag_0 else 0
