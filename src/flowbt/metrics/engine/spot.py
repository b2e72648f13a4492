"""Spot price of each snapshot, where the source gives none with the chain.

1. The source's own price, at the chain's quote time: `chain`.
2. The close of the lake's price bar of the same day: `bar`.
3. The price implied by put-call parity (Hull, Options, Futures and Other Derivatives, ch. 11): S = K exp(-rT) + C - P,
   the median of the three strikes of the nearest expiry at which call and put are closest in price: `parity`. Closing
   quotes come first; a snapshot without any uses the last trades of contracts that traded that day.
4. Otherwise it is unknown.

A bar that differs by more than `FAR` from the price implied by the quotes is not in the same units as the strikes
(adjusted for a later split, or of another symbol). Parity then replaces it, but only if the quotes of three strikes
agree (`AGREE`). All of this is known at the close of the day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from flowbt.conventions import RISK_FREE_RATE
from flowbt.expiries import is_live, with_last_trading_day
from flowbt.lake import Chains
from flowbt.metrics.engine.prices import last_of_day, two_sided_middle
from flowbt.schema import SIDES, SNAPSHOT_KEY, SPOT_SOURCE

FAR: Final = 0.1
"""Log distance. Dividends and early exercise move parity by far less, a split or a wrong symbol by far more."""
AGREE: Final = 0.05
"""Log distance between the highest and the lowest price that the strikes of an expiry imply."""
STRIKES: Final = 3
PRICE: Final = "underlying_price"
_QUOTES: Final = (PRICE, *(f"{side}_{name}" for side in SIDES for name in ("bid", "ask", "last", "volume")))
_EXPIRY: Final = [*SNAPSHOT_KEY, "expiration", "root"]
_FOUND: Final = {"symbol": pl.String, "date": pl.Date, "found": pl.Float64, "found_source": pl.String}


def with_spot(rows: pl.DataFrame, lake: Chains) -> pl.DataFrame:
    """Strike rows with `underlying_price` filled in where it is unknown, and `underlying_price_source`.

    A row without a price gets the first one of its snapshot; a snapshot without any, the result of `spots`.

    Args:
        rows: of whole snapshots, with `symbol, date, underlying_price`.
        lake: the lake with the bars and the quotes.
    """
    if not rows[PRICE].null_count():
        return rows.with_columns(pl.lit("chain").alias(SPOT_SOURCE))
    rows = rows.with_columns(pl.col(PRICE).fill_null(pl.col(PRICE).drop_nulls().first().over(SNAPSHOT_KEY)))
    unknown = rows[PRICE].is_null()
    rows = rows.with_columns(pl.when(pl.col(PRICE).is_not_null()).then(pl.lit("chain")).alias(SPOT_SOURCE))
    if not unknown.any():
        return rows
    filled = spots(lake, rows.filter(unknown).select(SNAPSHOT_KEY).unique())
    return (
        rows.join(filled, on=SNAPSHOT_KEY, how="left", maintain_order="left")
        .with_columns(
            pl.coalesce(PRICE, "found").alias(PRICE), pl.coalesce(SPOT_SOURCE, "found_source").alias(SPOT_SOURCE)
        )
        .drop("found", "found_source")
    )


def spots(lake: Chains, snapshots: pl.DataFrame) -> pl.DataFrame:
    """Price of the underlying by bar or parity: `symbol, date, found, found_source`, one row per snapshot with a known price.

    Args:
        lake: the lake with the bars and the quotes.
        snapshots: `symbol, date` of snapshots without a price of their own.
    """
    if not snapshots.height:
        return pl.DataFrame(schema=_FOUND)
    symbols = snapshots["symbol"].unique().sort().to_list()
    bars = lake.bars(symbols).filter(pl.col("close") > 0).select(*SNAPSHOT_KEY, pl.col("close").alias("bar"))
    days = snapshots.select(SNAPSHOT_KEY).join(bars, on=SNAPSHOT_KEY, how="left")
    days = days.join(_implied(_rows_of(lake, snapshots, symbols)), on=SNAPSHOT_KEY, how="left")
    off = pl.col("agreed") & ((pl.col("bar") / pl.col("parity")).log().abs() > FAR)
    by_bar = pl.col("bar").is_not_null() & ~off.fill_null(value=False)
    return (
        days.select(
            *SNAPSHOT_KEY,
            pl.when(by_bar).then("bar").otherwise("parity").alias("found"),
            pl.when(by_bar).then(pl.lit("bar")).otherwise(pl.lit("parity")).alias("found_source"),
        )
        .filter(pl.col("found").is_not_null())
        .sort(SNAPSHOT_KEY)
    )


def _rows_of(lake: Chains, snapshots: pl.DataFrame, symbols: Sequence[str]) -> pl.DataFrame:
    first, last = snapshots.select(pl.col("date").min().alias("first"), pl.col("date").max().alias("last")).row(0)
    assert isinstance(first, date)  # noqa: S101 (for the type checker)
    rows = lake.strike_rows([*_EXPIRY, "strike", "adjusted", *_QUOTES], symbols, first, last)
    rows = rows.join(snapshots, on=SNAPSHOT_KEY, how="semi").filter(~pl.col("adjusted"))
    return with_last_trading_day(rows, lake.exchanges(symbols))


def _implied(rows: pl.DataFrame) -> pl.DataFrame:
    """`symbol, date, parity, agreed`: price by put-call parity, and whether the quotes of three strikes agree on it."""
    years = (pl.col("expiration") - pl.col("date")).dt.total_days() / 365
    live = rows.filter(is_live())
    prices = [
        live.select(
            *_EXPIRY,
            excess=_price("call", quoted) - _price("put", quoted),
            discounted=pl.col("strike") * (-RISK_FREE_RATE * years).exp(),
            quoted=pl.lit(quoted),
        ).drop_nulls("excess")
        for quoted in (True, False)
    ]
    implied = pl.col("discounted") + pl.col("excess")
    nearest = implied.sort_by(pl.col("excess").abs(), "discounted").head(STRIKES)
    agreed = pl.col("quoted").first() & (nearest.len() == STRIKES) & ((nearest.max() / nearest.min()).log() < AGREE)
    of_expiry = (
        pl.concat(prices)
        .group_by(*_EXPIRY, "quoted")
        .agg(nearest.median().alias("parity"), agreed.fill_null(value=False).alias("agreed"))
    )
    # quotes before last trades, then the nearest expiry, which has the smallest carry
    ordered = of_expiry.filter(pl.col("parity") > 0).sort(pl.col("quoted").not_(), "expiration", "root")
    return ordered.group_by(SNAPSHOT_KEY, maintain_order=True).agg(pl.col("parity", "agreed").first())


def _price(side: str, quoted: bool) -> pl.Expr:
    return two_sided_middle(side) if quoted else last_of_day(side)
