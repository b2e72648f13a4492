"""Levels that chart readers watch, from daily bars up to and including the day's own.

They read price bars only, so they look back over every bar in the lake, not just the days that have chains.
"""

import polars as pl

from flowbt.metrics.catalogue import metric


@metric(grain="snapshot", unit="USD")
def spot() -> pl.Expr:
    """Price of the underlying at the chain's own quote time, as the source gives it with the chain."""
    return pl.col("underlying_price")


@metric(grain="history", unit="USD")
def sma_30() -> pl.Expr:
    """Mean close of the last 30 sessions; null before there are 30."""
    return pl.col("close").rolling_mean(30)


@metric(grain="history", unit="USD")
def sma_200() -> pl.Expr:
    """Mean close of the last 200 sessions; null before there are 200."""
    return pl.col("close").rolling_mean(200)


def _band(window: int, width: float) -> pl.Expr:
    close = pl.col("close")
    return close.rolling_mean(window) + width * close.rolling_std(window, ddof=0)


@metric(grain="history", unit="USD")
def bollinger_lower(window: int = 20, width: float = 2.0) -> pl.Expr:
    """Lower Bollinger band: the mean close of `window` sessions less `width` population standard deviations."""
    return _band(window, -width)


@metric(grain="history", unit="USD")
def bollinger_mid(window: int = 20) -> pl.Expr:
    """Middle Bollinger band: the mean close of `window` sessions."""
    return _band(window, 0.0)


@metric(grain="history", unit="USD")
def bollinger_upper(window: int = 20, width: float = 2.0) -> pl.Expr:
    """Upper Bollinger band: the mean close of `window` sessions plus `width` population standard deviations."""
    return _band(window, width)
