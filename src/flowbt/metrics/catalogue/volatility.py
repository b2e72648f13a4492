"""Implied volatility of the chain: at the money, by tenor and delta, and relative to realised volatility.

Volatilities are those of `call_volatility` and `put_volatility`: the source's, else solved from the quote. Between two
strikes they are interpolated linearly; between two expiries linearly in total variance (volatility squared times time),
because variance is additive in time. Nothing is extrapolated.
"""

from typing import Literal

import polars as pl

from flowbt.metrics.catalogue.greeks import unit_delta, volatility
from flowbt.metrics.catalogue.max_pain import days_to_expiry, is_live_expiry
from flowbt.metrics.catalogue.technical import realized_variance
from flowbt.metrics.engine.definition import metric, sided
from flowbt.metrics.engine.prices import last_of_day, two_sided_middle
from flowbt.schema import SIDES

Form = Literal["iv", "straddle", "straddle_85"]


def _between(at: pl.Expr, low: tuple[pl.Expr, pl.Expr], high: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """Linear interpolation at `at` between two points (x, value); null where either point is."""
    (left, start), (right, end) = low, high
    return pl.when(left == right).then(start).otherwise(start + (at - left) / (right - left) * (end - start))


@metric(grain="strike", unit="1 per year")
def strike_iv() -> pl.Expr:
    """Implied volatility of the strike: mean of its call and put, or the one that is known."""
    call, put = volatility.call(), volatility.put()
    return pl.coalesce((call + put) / 2, call, put)


@metric(grain="expiry", unit="1 per year")
def atm_iv() -> pl.Expr:
    """At-the-money implied volatility of the expiry, interpolated at the spot between the strikes around it (`strike_iv`).

    Null where no strike on one side of the spot has a volatility.
    """
    volatilities = strike_iv()
    spot_price, strike = pl.col("underlying_price"), pl.col("strike")
    below = volatilities.is_not_null() & (strike <= spot_price)
    above = volatilities.is_not_null() & (strike >= spot_price)
    return _between(
        spot_price.first(),
        (strike.filter(below).last(), volatilities.filter(below).last()),
        (strike.filter(above).first(), volatilities.filter(above).first()),
    )


def _price(side: str) -> pl.Expr:
    """Middle of the closing quote, else the last trade of the day."""
    return pl.coalesce(two_sided_middle(side), last_of_day(side))


@metric(grain="expiry", unit="USD")
def atm_straddle() -> pl.Expr:
    """Price of the at-the-money straddle: call plus put at the strike nearest the spot.

    Null where one of the two has neither a quote nor a trade of the day.
    """
    nearest = (pl.col("strike") - pl.col("underlying_price")).abs().arg_min()
    return (_price("call") + _price("put")).get(nearest, null_on_oob=True)


@metric(grain="expiry", unit="USD")
def expected_move(form: Form = "iv") -> pl.Expr:
    """Expected move of the underlying until expiry, up or down; at snapshot grain, until the nearest live expiry.

    `iv` (default): one standard deviation, spot * volatility * sqrt(days / 365). `straddle`: the price of the
    at-the-money straddle, which is the expected absolute move. `straddle_85`: 85% of it, as brokers quote.
    """
    if form == "iv":
        years = days_to_expiry() / 365
        return pl.when(years > 0).then(pl.col("underlying_price") * atm_iv() * years.sqrt())
    return atm_straddle() * (0.85 if form == "straddle_85" else 1.0)


@sided(grain="expiry", unit="1 per year")
def iv_at_delta(side: str, delta: float = 0.25) -> pl.Expr:
    """Implied volatility of the expiry's out-of-the-money {side} with this absolute delta, interpolated in delta.

    Null where the out-of-the-money {side}s do not include deltas on both sides of it. Of {side}s with equal delta, the
    one nearest the spot counts.
    """
    size, volatilities = unit_delta.of(side)().abs(), volatility.of(side)()
    spot_price, strike = pl.col("underlying_price"), pl.col("strike")
    usable = volatilities.is_not_null() & (strike >= spot_price if side == "call" else strike <= spot_price)
    nearer, farther = (_outward(side, size, usable & inside) for inside in (size >= delta, size < delta))
    of_nearer, of_farther = (_outward(side, volatilities, usable & inside) for inside in (size >= delta, size < delta))
    return _between(
        pl.lit(delta),
        (nearer.min(), of_nearer.get(nearer.arg_min(), null_on_oob=True)),
        (farther.max(), of_farther.get(farther.arg_max(), null_on_oob=True)),
    )


def _outward(side: str, values: pl.Expr, where: pl.Expr) -> pl.Expr:
    """Values of the side's strikes, ordered from the spot outwards."""
    return values.filter(where) if side == "call" else values.filter(where).reverse()


def _at_tenor(volatilities: pl.Expr, days: int) -> pl.Expr:
    """An expiry-grain volatility at this many days, interpolated in total variance; null where no expiry is on one side."""
    tenor = days_to_expiry()
    variance = volatilities * volatilities * tenor
    usable = volatilities.is_not_null() & is_live_expiry()
    below = usable & (tenor <= days)
    above = usable & (tenor >= days)
    total = _between(
        pl.lit(float(days)),
        (tenor.filter(below).last(), variance.filter(below).last()),
        (tenor.filter(above).first(), variance.filter(above).first()),
    )
    return (total / days).sqrt()


@metric(grain="snapshot", unit="1 per year")
def iv_30d(days: int = 30) -> pl.Expr:
    """At-the-money implied volatility for `days` days, interpolated between expiries; null without an expiry on either side."""
    return _at_tenor(atm_iv(), days)


@metric(grain="snapshot", unit="1 per year")
def skew_25d(days: int = 30, delta: float = 0.25) -> pl.Expr:
    """Skew at 25 delta for `days` days: implied volatility of the call minus that of the put; below 0, downside protection costs more."""
    call, put = (_at_tenor(iv_at_delta.of(side)(delta=delta), days) for side in SIDES)
    return call - put


@metric(grain="snapshot", unit="1 per year")
def term_slope(short: int = 30, long: int = 90) -> pl.Expr:
    """Slope of the volatility term structure: at-the-money implied volatility for `long` days minus that for `short` days.

    Below 0, the near term is priced as riskier.
    """
    return iv_30d(days=long) - iv_30d(days=short)


@metric(grain="history", unit="1 per year")
def vrp(days: int = 30, window: int = 21) -> pl.Expr:
    """Variance risk premium: `iv_30d` squared minus the variance realised over the last `window` sessions, both per year.

    Past realised variance stands in for the variance to come, which is an outcome and not known at the decision
    (Bollerslev, Tauchen and Zhou, 2009).
    """
    implied = iv_30d(days=days)
    return implied * implied - realized_variance(window=window)
