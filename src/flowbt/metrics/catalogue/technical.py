"""What chart readers watch, from daily bars up to and including the day's own: averages, bands, extremes, variance.

They read price bars only, so they look back over every bar in the lake, not just the days that have chains. Whether a
level supports or resists is a matter of where the price stands (`label_level`), not of the level's name.

Bars hold prices as traded. A price times `split_factor` (shares that one share of the first bar has become) is comparable over
the splits on file, so windows are taken over `over_splits` and the result is divided by the day's own factor: it is in USD per
share of that day, as strikes are.
"""

from typing import Final, Literal

import polars as pl

from flowbt.metrics.engine.definition import metric

SESSIONS_A_YEAR: Final = 252


@metric(grain="snapshot", unit="USD")
def spot() -> pl.Expr:
    """Price of the underlying: at the chain's own quote time where the source gives it, else by `spot_source`.

    Null where neither the source, nor a price bar, nor put-call parity gives one.
    """
    return pl.col("underlying_price")


@metric(grain="snapshot", unit="name")
def spot_source() -> pl.Expr:
    """Where `spot` comes from: `chain` (the source), `bar` (the close of the lake's bar) or `parity` (put-call parity)."""
    return pl.col("underlying_price_source").first()


def over_splits(column: str) -> pl.Expr:
    """A price of the bar, comparable with those of other days; to be divided by `split_factor`."""
    return pl.col(column) * pl.col("split_factor")


@metric(grain="history", unit="USD")
def sma_30() -> pl.Expr:
    """Mean close of the last 30 sessions; null before there are 30."""
    return over_splits("close").rolling_mean(30) / pl.col("split_factor")


@metric(grain="history", unit="USD")
def sma_200() -> pl.Expr:
    """Mean close of the last 200 sessions; null before there are 200."""
    return over_splits("close").rolling_mean(200) / pl.col("split_factor")


def _band(window: int, width: float) -> pl.Expr:
    close = over_splits("close")
    return (close.rolling_mean(window) + width * close.rolling_std(window, ddof=0)) / pl.col("split_factor")


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


@metric(grain="history", unit="USD")
def low_30() -> pl.Expr:
    """Lowest low of the last 30 sessions, today's included; null before there are 30."""
    return over_splits("low").rolling_min(30) / pl.col("split_factor")


@metric(grain="history", unit="USD")
def high_30() -> pl.Expr:
    """Highest high of the last 30 sessions, today's included; null before there are 30."""
    return over_splits("high").rolling_max(30) / pl.col("split_factor")


def _log_return() -> pl.Expr:
    """Close to close, of `adj_close` where both days have it: dividends are not moves, and splits on file never are."""
    close, adjusted = over_splits("close"), pl.col("adj_close")
    ratio = pl.coalesce(adjusted / adjusted.shift(), close / close.shift())
    return pl.when((ratio > 0) & ratio.is_finite()).then(ratio.log())


@metric(grain="history", unit="1")
def realized_variance(window: int = 21) -> pl.Expr:
    """Realised variance a year: the sample variance of the last `window` daily log returns times 252.

    Close to close, the mean taken out, the divisor `window` - 1 (Hull, Options, Futures and Other Derivatives, ch. 15);
    its square root is the historical volatility. Of `adj_close` where given, else of `close`. Null before there are
    `window` returns, which take one more close.
    """
    return _log_return().rolling_var(window, ddof=1) * SESSIONS_A_YEAR


def label_level(level: float | None, price: float | None) -> Literal["support", "resistance", "at the price"] | None:
    """What a level is by its position: a support below the price, a resistance above it, whatever it is called.

    A first support (`support_1`) above the price is a resistance. None where either is unknown.
    """
    if level is None or price is None:
        return None
    if level == price:
        return "at the price"
    return "support" if level < price else "resistance"
