"""The price of an option on a day: which of the source's prices can be believed, and in what order they are taken.

A vendor's last price or VWAP is now and then impossible: a put of strike 95, quoted 8.60 to 8.80, with a last trade at 700. Multiplied by the
volume, one such cell makes the day's premium. So a traded price counts only where neither arbitrage nor the closing quote
contradicts it by far (`flowbt.lake.flags.is_impossible`); a price that is merely old or outside the quote is a trade of the day, and counts.
"""

import polars as pl

from flowbt.lake.flags import Column, is_impossible, is_quote


def _of(side: str) -> Column:
    return lambda column: pl.col(f"{side}_{column}")


def believed(side: str, name: str) -> pl.Expr:
    """The {side}'s `last` or `vwap`; null where it is impossible."""
    price = pl.col(f"{side}_{name}")
    return pl.when(~is_impossible(price, _of(side), pl.lit(side))).then(price)


def quote_middle(side: str) -> pl.Expr:
    """Middle of the closing quote; null where that is crossed, has no ask, or is too wide to be a market."""
    return pl.when(is_quote(_of(side))).then((pl.col(f"{side}_bid") + pl.col(f"{side}_ask")) / 2)


def last_of_day(side: str) -> pl.Expr:
    """The {side}'s last trade, if it was made on the day and can be believed."""
    return pl.when(pl.col(f"{side}_volume") > 0).then(believed(side, "last"))
