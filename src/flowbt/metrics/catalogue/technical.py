"""Technical indicators from daily bars, up to and including the day's own: averages, bands, extremes, realised variance.

They read price bars only, so they look back over every bar in the lake, not only the days with chains. Whether a level
is support or resistance depends on where the price is (`label_level`), not on the level's name.

Bars hold prices as traded. A price times `split_factor` (the number of shares that one share of the first bar has
become) is comparable across the splits on file. Windows are therefore computed on `over_splits`, and the result is
divided by the day's own factor: it is in USD per share of that day, as strikes are.
"""

from typing import Literal

import polars as pl

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.metrics.engine.definition import metric


@metric(grain="snapshot", unit="USD")
def spot() -> pl.Expr:
    """Price of the underlying at the chain's own quote time where the source gives it, else from `spot_source`.

    Null where neither the source, nor a price bar, nor put-call parity gives one.
    """
    return pl.col("underlying_price")


@metric(grain="snapshot", unit="name")
def spot_source() -> pl.Expr:
    """Source of `spot`: `chain` (the vendor's file), `bar` (close of the price bar) or `parity` (put-call parity)."""
    return pl.col("underlying_price_source").first()


def over_splits(column: str) -> pl.Expr:
    """A price of the bar, comparable with other days across splits; divide the result by `split_factor`."""
    return pl.col(column) * pl.col("split_factor")


@metric(grain="history", unit="USD")
def sma_30() -> pl.Expr:
    """Simple moving average of the close over 30 sessions, today included; null before there are 30."""
    return over_splits("close").rolling_mean(30) / pl.col("split_factor")


@metric(grain="history", unit="USD")
def sma_200() -> pl.Expr:
    """Simple moving average of the close over 200 sessions, today included; null before there are 200."""
    return over_splits("close").rolling_mean(200) / pl.col("split_factor")


def _band(window: int, width: float) -> pl.Expr:
    close = over_splits("close")
    return (close.rolling_mean(window) + width * close.rolling_std(window, ddof=0)) / pl.col("split_factor")


@metric(grain="history", unit="USD")
def bollinger_lower(window: int = 20, width: float = 2.0) -> pl.Expr:
    """Lower Bollinger band: mean close of `window` sessions minus `width` population standard deviations."""
    return _band(window, -width)


@metric(grain="history", unit="USD")
def bollinger_mid(window: int = 20) -> pl.Expr:
    """Middle Bollinger band: mean close of `window` sessions."""
    return _band(window, 0.0)


@metric(grain="history", unit="USD")
def bollinger_upper(window: int = 20, width: float = 2.0) -> pl.Expr:
    """Upper Bollinger band: mean close of `window` sessions plus `width` population standard deviations."""
    return _band(window, width)


@metric(grain="history", unit="USD")
def low_30() -> pl.Expr:
    """Lowest low of the last 30 sessions, today included; null before there are 30."""
    return over_splits("low").rolling_min(30) / pl.col("split_factor")


@metric(grain="history", unit="USD")
def high_30() -> pl.Expr:
    """Highest high of the last 30 sessions, today included; null before there are 30."""
    return over_splits("high").rolling_max(30) / pl.col("split_factor")


def _log_return() -> pl.Expr:
    """Close-to-close log return, from `adj_close` where both days have it: neither dividends nor recorded splits count as moves."""
    close, adjusted = over_splits("close"), pl.col("adj_close")
    ratio = pl.coalesce(adjusted / adjusted.shift(), close / close.shift())
    return pl.when((ratio > 0) & ratio.is_finite()).then(ratio.log())


@metric(grain="history", unit="1")
def realized_variance(window: int = 21) -> pl.Expr:
    """Realised variance per year: sample variance of the last `window` daily log returns times 252.

    Close to close, with the mean subtracted and the divisor `window` - 1 (Hull, Options, Futures and Other Derivatives,
    ch. 15); its square root is the historical volatility. From `adj_close` where available, else `close`. Null until
    there are `window` returns, which need one more close.
    """
    return _log_return().rolling_var(window, ddof=1) * SESSIONS_PER_YEAR


def label_level(level: float | None, price: float | None) -> Literal["support", "resistance", "at the price"] | None:
    """Classify a level by its position: support below the price, resistance above it, whatever its name.

    A first support (`support_1`) above the price is a resistance.

    Args:
        level: a price level, USD.
        price: of the underlying, USD.

    Returns:
        `support`, `resistance` or `at the price`; None where either price is unknown.
    """
    if level is None or price is None:
        return None
    if level == price:
        return "at the price"
    return "support" if level < price else "resistance"
