"""Flow: volume and premium traded today, by side and relative to each other.

Flow counts every contract that could trade on the day, including those on their last trading day (`flowbt.expiries`).
An end-of-day chain does not show who bought, so premium is unsigned: net premium is call premium minus put premium, not
buying minus selling.

Dividend plays (`flowbt.metrics.catalogue.dividend_plays`) carry no view and are excluded unless
`dividend_plays=include`.
"""

from typing import Literal

import polars as pl

from flowbt.metrics.engine.definition import metric, sided
from flowbt.metrics.engine.null_sums import VOLUMES, sum_known, sum_of
from flowbt.metrics.engine.prices import possible_price, quote_middle

DividendPlays = Literal["exclude", "include"]


def _prices(side: str) -> dict[str, pl.Expr]:
    """Prices for premium, best first; the last trade is always from today, since only contracts that traded have a premium."""
    return {"vwap": possible_price(side, "vwap"), "last": possible_price(side, "last"), "quote": quote_middle(side)}


@sided(grain="strike", unit="USD")
def premium(side: str) -> pl.Expr:
    """Premium traded in the {side}s of the strike: price times volume times multiplier; null where they did not trade.

    The price is the VWAP where the source has one, else the last trade, else the middle of the closing quote
    (`{side}_premium_price`). An impossible VWAP or last trade is not used (`{side}_impossible_price`): a put above its
    strike, or a price outside the closing bid and ask by more than a tenth of the underlying's price or the strike,
    whichever is higher. Null where no price is left.
    """
    volume = pl.col(f"{side}_volume")
    # the condition is on the volume alone: polars evaluates prices more slowly inside a branch
    return pl.coalesce(*_prices(side).values()) * pl.when(volume > 0).then(volume) * pl.col("multiplier")


@sided(grain="strike", unit="name")
def premium_price(side: str) -> pl.Expr:
    """Price that the premium of the {side} is computed with: vwap, last or quote; null where it did not trade."""
    first_known = pl.coalesce(pl.when(price.is_not_null()).then(pl.lit(name)) for name, price in _prices(side).items())
    return pl.when(pl.col(f"{side}_volume") > 0).then(first_known)


@sided(grain="strike", unit="boolean")
def impossible_price(side: str) -> pl.Expr:
    """Whether the {side} traded and its VWAP or last price is impossible, so that premium does not use it.

    Impossible: a put above its strike; a price outside the closing bid and ask by more than a tenth of the underlying's
    price or the strike, whichever is higher; without a quote, a call at more than twice the higher of them; 0. Null
    where it did not trade or has neither price. Own definition, based on no-arbitrage bounds (Hull, Options, Futures,
    and Other Derivatives, ch. 11).
    """
    prices = [(pl.col(f"{side}_{name}"), possible_price(side, name)) for name in ("vwap", "last")]
    has_price = pl.any_horizontal(price.is_not_null() for price, _ in prices)
    contradicted = pl.any_horizontal(price.is_not_null() & kept.is_null() for price, kept in prices)
    return pl.when((pl.col(f"{side}_volume") > 0) & has_price).then(contradicted)


call_premium, put_premium = premium.call, premium.put


def _sum_of_premium(premium: pl.Expr) -> pl.Expr:
    return sum_known(premium, (call_premium(), put_premium()), VOLUMES)


@metric(grain="snapshot", unit="USD")
def total_call_premium() -> pl.Expr:
    """Call premium traded, dividend plays included; null where no price or volume is known."""
    return _sum_of_premium(call_premium())


@metric(grain="snapshot", unit="USD")
def total_put_premium() -> pl.Expr:
    """Put premium traded; null where no price or volume is known."""
    return _sum_of_premium(put_premium())


@metric(grain="snapshot", unit="contracts")
def total_call_volume() -> pl.Expr:
    """Call contracts traded, dividend plays included; null where the source gives no volume."""
    return sum_of("call_volume", VOLUMES)


def _call_premium_counted(dividend_plays: DividendPlays) -> pl.Expr:
    return (
        total_call_premium() if dividend_plays == "include" else total_call_premium() - pl.col("dividend_play_premium")
    )


@metric(grain="snapshot", unit="USD")
def net_premium(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Call premium traded minus put premium traded; unsigned, because an end-of-day chain does not show who bought.

    `dividend_plays`: `exclude` (default) or `include`.
    """
    return _call_premium_counted(dividend_plays) - total_put_premium()


@metric(grain="snapshot", unit="USD")
def gross_premium(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Call premium traded plus put premium traded; `dividend_plays`: `exclude` (default) or `include`."""
    return _call_premium_counted(dividend_plays) + total_put_premium()


@metric(grain="snapshot", unit="1")
def net_premium_ratio(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Net premium divided by gross premium, from -1 (only puts traded) to 1 (only calls); null where nothing traded."""
    gross = gross_premium(dividend_plays=dividend_plays)
    return pl.when(gross > 0).then(net_premium(dividend_plays=dividend_plays) / gross)


@metric(grain="snapshot", unit="USD")
def net_premium_otm() -> pl.Expr:
    """Net premium of out-of-the-money contracts only, where premium is a bet on a move rather than intrinsic value."""
    calls = _sum_of_premium(call_premium().filter(pl.col("strike") > pl.col("underlying_price")))
    puts = _sum_of_premium(put_premium().filter(pl.col("strike") < pl.col("underlying_price")))
    return pl.when(pl.col("underlying_price").first().is_not_null()).then(calls - puts)


@metric(grain="snapshot", unit="contracts")
def call_volume(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Call contracts traded; `dividend_plays`: `exclude` (default) or `include`."""
    return total_call_volume() if dividend_plays == "include" else total_call_volume() - pl.col("dividend_play_volume")


@metric(grain="snapshot", unit="contracts")
def put_volume() -> pl.Expr:
    """Put contracts traded; null where the source gives no volume."""
    return sum_of("put_volume", VOLUMES)


@metric(grain="snapshot", unit="1")
def put_call_volume_ratio(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Put/call ratio by volume, all expiries: puts traded per call traded; null where no call traded.

    Index ETFs trade more puts than calls every day: compare the ratio with the symbol's own history, not with 1.
    """
    calls = call_volume(dividend_plays=dividend_plays)
    return pl.when(calls > 0).then(put_volume() / calls)


@metric(grain="snapshot", unit="1")
def flow_to_stock_ratio(dividend_plays: DividendPlays = "exclude") -> pl.Expr:
    """Put/call volume ratio divided by put/call open-interest ratio; above 1, flow is more put-heavy than open interest.

    Null where either is, or where there is no put open interest.
    """
    oi_ratio = pl.col("put_call_oi_ratio")
    return pl.when(oi_ratio > 0).then(put_call_volume_ratio(dividend_plays=dividend_plays) / oi_ratio)
