"""Detect the lag of open interest from the data: with the right lag, volume explains the changes of open interest.

Open interest cannot change by more than the volume. If row t has the open interest at the close of t-1 (lag 1), the change from row t
to row t+1 comes from the volume of t. If it has the open interest at the close of t (lag 0), the change comes from the volume of t+1.

Symbols are read together in batches of limited size whose days are in the same months, so that a lake with thousands of symbols needs
few reads. Contracts that a source still lists after their last trading day are left out: their changes are settlement.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import polars as pl

from flowbt.expiries import is_dead, with_last_trading_day
from flowbt.lake.store import Lake
from flowbt.schema import SIDES, SNAPSHOT_KEY, STRIKE_KEY

MIN_CHANGES: Final = 100
"""With fewer changes of open interest the lag stays unknown."""
MIN_LEAD: Final = 0.05
"""The shares of explained changes must differ by at least this much."""
BATCH_ROWS: Final = 1_000_000
"""Strike rows that are compared at once."""
_CONTRACT: Final = [name for name in STRIKE_KEY if name != "date"]


def detect_oi_lag(lake: Lake, symbol: str, days: Sequence[date]) -> int | None:
    """The lag, 1 or 0, that explains more of the changes between neighbouring days; None if the data do not decide.

    The data do not decide with fewer than 100 changes, or if the two shares differ by less than 5 percentage points.
    """
    snapshots = pl.DataFrame({"date": days}, schema={"date": pl.Date}).select(pl.lit(symbol).alias("symbol"), "date")
    return detect_oi_lags(lake, snapshots.with_columns(strikes=pl.lit(0, pl.Int64)))[symbol]


def detect_oi_lags(lake: Lake, snapshots: pl.DataFrame) -> dict[str, int | None]:
    """The lag of each symbol, 1 or 0, as in `detect_oi_lag`; None if the data do not decide.

    Args:
        lake: the lake.
        snapshots: `symbol, date, strikes` (a count), the days of a symbol ascending; neighbouring days are compared.
    """
    days = snapshots.select(*SNAPSHOT_KEY, pl.int_range(pl.len()).over("symbol").alias("day"))
    lags: dict[str, int | None] = dict.fromkeys(snapshots["symbol"].unique(maintain_order=True).to_list())
    for batch in _batches(snapshots):
        lags.update(_lags(lake, batch, days))
    return lags


def _batches(snapshots: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Groups of symbols that are read together: `symbol, rows, first, last`."""
    spans = snapshots.group_by("symbol").agg(
        pl.col("strikes").sum().alias("rows"), pl.col("date").min().alias("first"), pl.col("date").max().alias("last")
    )
    months = [pl.col(name).dt.truncate("1mo") for name in ("first", "last")]
    for _, alike in spans.sort("symbol").group_by(*months, maintain_order=True):
        number = (alike["rows"].cum_sum() - alike["rows"]) // BATCH_ROWS
        for _, batch in alike.group_by(number.alias("number"), maintain_order=True):
            yield batch


def _lags(lake: Lake, batch: pl.DataFrame, days: pl.DataFrame) -> Iterator[tuple[str, int | None]]:
    first, last = batch.select(pl.col("first").min(), pl.col("last").max()).row(0)
    columns = [*STRIKE_KEY, *(f"{side}_{name}" for side in SIDES for name in ("volume", "open_interest"))]
    symbols = batch["symbol"].to_list()
    rows = with_last_trading_day(lake.strike_rows(columns, symbols, first, last), lake.exchanges(symbols))
    rows = rows.filter(~is_dead())
    rows = rows.join(days, on=SNAPSHOT_KEY).drop("date")
    # any order that groups the days of a contract is enough, and hashes sort faster than text
    rows = rows.with_columns(rows.select(_CONTRACT).hash_rows().alias("contract")).sort("contract", "day")
    is_next = pl.all_horizontal(pl.col(name).shift(-1) == pl.col(name) for name in _CONTRACT)
    followed = is_next & (pl.col("day").shift(-1) == pl.col("day") + 1)
    counts = []
    for side in SIDES:
        volume, open_interest = pl.col(f"{side}_volume"), pl.col(f"{side}_open_interest")
        change = pl.when(followed).then((open_interest.shift(-1) - open_interest).abs())
        changes = rows.select("symbol", volume.alias("day"), volume.shift(-1).alias("next"), change.alias("change"))
        counts.append(changes.filter(pl.col("change") > 0))
    explained = (
        pl.concat(counts)
        .group_by("symbol")
        .agg(
            (pl.col("change") <= pl.col("day")).sum().cast(pl.Int64).alias("lag_1"),
            (pl.col("change") <= pl.col("next")).sum().cast(pl.Int64).alias("lag_0"),
            pl.len().cast(pl.Int64).alias("changes"),
        )
    )
    for symbol, lag_1, lag_0, changes in explained.iter_rows():
        if changes >= MIN_CHANGES and abs(lag_1 - lag_0) >= MIN_LEAD * changes:
            yield symbol, 1 if lag_1 > lag_0 else 0
