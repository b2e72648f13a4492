"""Usable option prices: traded prices that are possible, and midpoints of usable quotes.

A vendor's last price or VWAP is occasionally impossible: a put with strike 95, quoted 8.60 to 8.80, with a last trade
at
700. Multiplied by volume, one such value can dominate the premium of the day. A traded price is therefore used only if
   it is possible (`flowbt.lake.flags.is_impossible`). A last trade outside the closing quote, or below intrinsic value,
   was made earlier in the day at another price of the underlying, and is used.
"""

import polars as pl

from flowbt.lake.flags import Column, is_impossible, is_quote


def _of(side: str) -> Column:
    return lambda column: pl.col(f"{side}_{column}")


def possible_price(side: str, name: str) -> pl.Expr:
    """The side's `last` or `vwap`; null if it is impossible."""
    price = pl.col(f"{side}_{name}")
    return pl.when(~is_impossible(price, _of(side), side)).then(price)


def quote_middle(side: str) -> pl.Expr:
    """Middle of the closing quote; null if it is crossed, has no ask, or is too wide (`flowbt.lake.flags.is_quote`)."""
    return pl.when(is_quote(_of(side))).then((pl.col(f"{side}_bid") + pl.col(f"{side}_ask")) / 2)


def two_sided_middle(side: str) -> pl.Expr:
    """Middle of the closing quote; null without a bid, or if the quote is not usable (`quote_middle`)."""
    return pl.when(pl.col(f"{side}_bid") > 0).then(quote_middle(side))


def last_of_day(side: str) -> pl.Expr:
    """The side's last trade; null if it did not trade on the day or the price is impossible."""
    return pl.when(pl.col(f"{side}_volume") > 0).then(possible_price(side, "last"))
