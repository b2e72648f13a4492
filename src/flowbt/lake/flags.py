"""What is kept and flagged: rows that are true as far as anybody can tell, and yet not to be trusted blindly.

Flags of a contract lie in the lake as columns of its side (`call_crossed_quote`), so that a metric can leave such rows out.
Flags of a whole snapshot follow from its neighbours and are worked out where they are asked for (`snapshot_flags`), but for
`stale_open_interest`, which wants a look at every contract.
"""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from flowbt.schema import SIDES

Column = Callable[[str], pl.Expr]
"""From the name of a quote's column (`bid`) to the expression of it, in contract rows or on one side of strike rows."""

USUAL_DAYS: Final = 20
FEWEST_DAYS: Final = 5
PARTIAL: Final = 0.6
"""A snapshot with fewer than this share of the symbol's usual rows is a partial day."""
JUMP: Final = 0.35
"""An underlying that moved by more than this share in either direction has split, or its data are wrong."""


def _below_intrinsic(column: Column, side: pl.Expr) -> pl.Expr:
    moneyness = pl.col("underlying_price") - pl.col("strike")
    return column("last") < pl.when(side == "call").then(moneyness).otherwise(-moneyness) - 0.05


CONTRACT_FLAGS: Final[Mapping[str, Callable[[Column, pl.Expr], pl.Expr]]] = {
    "crossed_quote": lambda column, _: column("bid") > column("ask"),
    "zero_bid": lambda column, _: column("bid") == 0,
    "stale_last": _below_intrinsic,
    "iv_out_of_range": lambda column, _: ~column("iv").is_between(0.01, 5.0),
}
"""`stale_last`: the last trade was at a price below what the option is worth by exercise now, so it was not today's.
`zero_bid`: nobody bids, so the mid is no price."""


LEAST_VOLATILITY: Final = 0.001
"""Per year, as a fraction: no listed underlying is as quiet as 0.1% a year, so anything below is a source's way of giving none
(Yahoo's 1e-5) or what is left of a solver that found none. Neither the lake nor a metric takes it for a volatility."""
FAR: Final = 0.1
"""The largest plausible distance of a trade from the closing quote, as a share of the underlying's price or the strike, whichever is higher.
An option moves by no more than its underlying, so the underlying would have had to move by more than this after the trade."""


def is_quote(column: Column) -> pl.Expr:
    """Whether bid and ask are a usable quote: there is an ask, and the quote is neither crossed nor too wide.

    Too wide: the ask is more than a tenth of the strike above the bid, and more than three times the bid.
    """
    bid, ask = column("bid"), column("ask")
    is_wide = (ask - bid > FAR * pl.col("strike")) & (ask > 3 * bid)
    return ((ask > 0) & (bid <= ask) & ~is_wide).fill_null(value=False)


def is_impossible(price: pl.Expr, column: Column, side: str | pl.Expr) -> pl.Expr:
    """Whether an option cannot have traded at a price on the day, by arbitrage or by its closing quote.

    Impossible are: a put above its strike; a price outside the closing quote by more than `FAR`; without a usable quote, a call above twice
    the higher of the underlying's price and the strike (a call is worth no more than its underlying, but vendors mix prices from before
    and after a split on the day of the split); and 0.
    """
    spot, strike = pl.col("underlying_price"), pl.col("strike")
    # not `max_horizontal`, which takes ten times as long in the branch of a condition
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
"""What no volatility or greek can be: somebody's formula failed. The contract is kept, and the number is not known."""


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
    """The flags of both sides of strike rows, by column."""
    return {
        f"{side}_{name}": flag(lambda column, of=side: pl.col(f"{of}_{column}"), pl.lit(side)).fill_null(value=False)  # type: ignore[misc]
        for side in SIDES
        for name, flag in CONTRACT_FLAGS.items()
    }


def snapshot_flags(snapshots: pl.DataFrame) -> pl.DataFrame:
    """Snapshots with `partial_day` and `price_jump`, by what the same symbol's earlier snapshots were like.

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
