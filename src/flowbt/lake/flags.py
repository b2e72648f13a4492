"""Flags for rows that are kept although they are suspicious: they may be correct, but a metric may want to leave them out.

Flags of a contract are stored as columns of its side (`call_crossed_quote`). Flags of a whole snapshot depend on the snapshots before
it and are computed on request (`snapshot_flags`), except `stale_open_interest`, which needs every contract and is stored.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from flowbt.schema import SIDES

Column = Callable[[str], pl.Expr]
"""Gives the expression of a quote column (`bid`), in contract rows or on one side of strike rows."""

USUAL_DAYS: Final = 20
"""The usual number of rows is the median of this many earlier snapshots, about a month."""
FEWEST_DAYS: Final = 5
"""With fewer earlier snapshots there is no usual number of rows."""
PARTIAL: Final = 0.6
"""A snapshot with less than this share of the symbol's usual number of rows is a partial day."""
JUMP: Final = 0.35
"""A move of the underlying from one snapshot to the next by more than this share is either a split or an error in the data."""


def _below_intrinsic(column: Column, side: pl.Expr) -> pl.Expr:
    moneyness = pl.col("underlying_price") - pl.col("strike")
    return column("last") < pl.when(side == "call").then(moneyness).otherwise(-moneyness) - 0.05


CONTRACT_FLAGS: Final[Mapping[str, Callable[[Column, pl.Expr], pl.Expr]]] = {
    "crossed_quote": lambda column, _: column("bid") > column("ask"),
    "zero_bid": lambda column, _: column("bid") == 0,
    "stale_last": _below_intrinsic,
    "iv_out_of_range": lambda column, _: ~column("iv").is_between(0.01, 5.0),
}
"""`stale_last`: the last price is more than 0.05 below the intrinsic value at the underlying's price, so the trade was earlier.
`zero_bid`: there are no bids, so the mid is not a price."""


LEAST_VOLATILITY: Final = 0.001
"""Per year, as a fraction. No listed underlying is as quiet as 0.1% a year, so lower values mean that the source has no volatility
(Yahoo's 1e-5) or that its solver failed. The lake and the metrics treat them as unknown."""
FAR: Final = 0.1
"""The largest plausible distance of a trade from the closing quote, as a share of the underlying's price or the strike, whichever is higher.
An option moves by no more than its underlying, so the underlying would have had to move by more than this after the trade."""


def is_quote(column: Column) -> pl.Expr:
    """Whether bid and ask are a usable quote: the ask is above 0, and the quote is neither crossed nor too wide.

    Too wide: the ask is more than a tenth of the strike above the bid, and more than three times the bid.
    """
    bid, ask = column("bid"), column("ask")
    is_wide = (ask - bid > FAR * pl.col("strike")) & (ask > 3 * bid)
    return ((ask > 0) & (bid <= ask) & ~is_wide).fill_null(value=False)


def is_impossible(price: pl.Expr, column: Column, side: str | pl.Expr) -> pl.Expr:
    """Whether an option cannot have traded at a price on the day, by arbitrage or by its closing quote.

    Impossible prices are: 0 or less; for a put, more than its strike; more than `FAR` outside the closing quote; and, for a call
    without a usable quote, more than twice the higher of the underlying's price and the strike. (A call is worth no more than its
    underlying, but on the day of a split vendors mix prices from before and after the split.)
    """
    spot, strike = pl.col("underlying_price"), pl.col("strike")
    # `max_horizontal` would take ten times as long in the branch of a condition
    higher, quoted = pl.when(spot > strike).then(spot).otherwise(strike), is_quote(column)
    outside = (price > column("ask") + FAR * higher) | (price < column("bid") - FAR * higher)
    above = {"call": ~quoted & spot.is_not_null() & (price > 2 * higher), "put": price > strike}
    too_high = (
        above[side] if isinstance(side, str) else pl.when(side == "put").then(above["put"]).otherwise(above["call"])
    )
    return ((price <= 0) | (quoted & outside) | too_high).fill_null(value=False)


IMPOSSIBLE: Final[Mapping[str, pl.Expr]] = {
    "iv": pl.col("iv") < LEAST_VOLATILITY,
    "delta": ~pl.col("delta").is_between(-1, 1),
    "gamma": pl.col("gamma") < 0,
    "vega": pl.col("vega") < 0,
}
"""Values that no volatility or greek can have, because the vendor's formula failed. The contract is kept, and the value becomes null."""


def contract_flags() -> dict[str, pl.Expr]:
    """The flags of contract rows, by name."""
    return {name: flag(pl.col, pl.col("option_type")).fill_null(value=False) for name, flag in CONTRACT_FLAGS.items()}


def impossible_lasts() -> pl.Expr:
    """Whether a contract row traded and its last price is impossible (`is_impossible`); such rows are kept and counted."""
    return (
        (pl.col("volume") > 0).fill_null(value=True)
        & (pl.col("last") > 0)
        & is_impossible(pl.col("last"), pl.col, pl.col("option_type"))
    )


def strike_flags() -> dict[str, pl.Expr]:
    """The flags of both sides of strike rows, by column name."""
    return {
        f"{side}_{name}": flag(lambda column, of=side: pl.col(f"{of}_{column}"), pl.lit(side)).fill_null(value=False)  # type: ignore[misc]
        for side in SIDES
        for name, flag in CONTRACT_FLAGS.items()
    }


def snapshot_flags(snapshots: pl.DataFrame) -> pl.DataFrame:
    """Snapshots with the flags `partial_day` and `price_jump`, from comparison with the symbol's earlier snapshots.

    Args:
        snapshots: `symbol, date, strikes` (rows), `underlying_price`, by symbol and date.
    """
    of_symbol = "symbol"
    usual = pl.col("strikes").shift(1).rolling_median(USUAL_DAYS, min_samples=FEWEST_DAYS).over(of_symbol)
    before = pl.col("underlying_price").forward_fill().shift(1).over(of_symbol)
    ratio = pl.col("underlying_price") / before
    return snapshots.with_columns(
        (pl.col("strikes") < PARTIAL * usual).fill_null(value=False).alias("partial_day"),
        ((ratio > 1 + JUMP) | (ratio < 1 / (1 + JUMP))).fill_null(value=False).alias("price_jump"),
    )
