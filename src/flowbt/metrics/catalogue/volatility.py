"""What the chain says of the moves to come: implied volatility at the money, by tenor and by side, and against the past.

Volatilities are those of `call_volatility` and `put_volatility`: the source's, else solved from the quote. Between two strikes
they are interpolated linearly, between two expiries linearly in total variance (volatility squared times time), as it is
additive in time; nothing is extrapolated.
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
    """The value at `at` on the line through two points (place, value); null where either is."""
    (left, start), (right, end) = low, high
    return pl.when(left == right).then(start).otherwise(start + (at - left) / (right - left) * (end - start))


@metric(grain="strike", unit="1 per year")
def strike_iv() -> pl.Expr:
    """Implied volatility of the strike: the mean of its call's and its put's, or the one that is known."""
    call, put = volatility.call(), volatility.put()
    return pl.coalesce((call + put) / 2, call, put)


@metric(grain="expiry", unit="1 per year")
def atm_iv() -> pl.Expr:
    """Implied volatility of the expiry at the spot, from the strikes around it (`strike_iv`).

    Null where no strike on one side of the spot has a volatility.
    """
    known = strike_iv()
    spot_price, strike = pl.col("underlying_price"), pl.col("strike")
    below = known.is_not_null() & (strike <= spot_price)
    above = known.is_not_null() & (strike >= spot_price)
    return _between(
        spot_price.first(),
        (strike.filter(below).last(), known.filter(below).last()),
        (strike.filter(above).first(), known.filter(above).first()),
    )


def _price(side: str) -> pl.Expr:
    """Middle of the closing quote, else the last trade of the day."""
    return pl.coalesce(two_sided_middle(side), last_of_day(side))


@metric(grain="expiry", unit="USD")
def atm_straddle() -> pl.Expr:
    """Price of the call and the put at the strike nearest the spot; null where one has neither a quote nor a trade of the day."""
    nearest = (pl.col("strike") - pl.col("underlying_price")).abs().arg_min()
    return (_price("call") + _price("put")).get(nearest, null_on_oob=True)


@metric(grain="expiry", unit="USD")
def expected_move(form: Form = "iv") -> pl.Expr:
    """How far the market expects the underlying to have moved at expiry, up or down; at snapshot grain, at the nearest live expiry.

    `iv` (default): one standard deviation, spot * volatility * sqrt(days / 365); `straddle`: the price of the straddle at the
    money, which is the expected distance; `straddle_85`: 85% of it, as brokers quote.
    """
    if form == "iv":
        years = days_to_expiry() / 365
        return pl.when(years > 0).then(pl.col("underlying_price") * atm_iv() * years.sqrt())
    return atm_straddle() * (0.85 if form == "straddle_85" else 1.0)


@sided(grain="expiry", unit="1 per year")
def iv_at_delta(side: str, delta: float = 0.25) -> pl.Expr:
    """Implied volatility of the expiry's out-of-the-money {side} with this delta (without its sign), interpolated in delta.

    Null where the {side}s out of the money do not reach around it. Of {side}s with the same delta that nearest the spot counts.
    """
    away, known = unit_delta.of(side)().abs(), volatility.of(side)()
    spot_price, strike = pl.col("underlying_price"), pl.col("strike")
    usable = known.is_not_null() & (strike >= spot_price if side == "call" else strike <= spot_price)
    nearer, farther = (_outward(side, away, usable & inside) for inside in (away >= delta, away < delta))
    of_nearer, of_farther = (_outward(side, known, usable & inside) for inside in (away >= delta, away < delta))
    return _between(
        pl.lit(delta),
        (nearer.min(), of_nearer.get(nearer.arg_min(), null_on_oob=True)),
        (farther.max(), of_farther.get(farther.arg_max(), null_on_oob=True)),
    )


def _outward(side: str, values: pl.Expr, where: pl.Expr) -> pl.Expr:
    """The values of the side's strikes, from the spot outwards."""
    return values.filter(where) if side == "call" else values.filter(where).reverse()


def _at_tenor(known: pl.Expr, days: int) -> pl.Expr:
    """An expiry's volatility, interpolated in total variance to this many days; null where no expiry lies on one side."""
    tenor = days_to_expiry()
    variance = known * known * tenor
    usable = known.is_not_null() & is_live_expiry()
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
    """Implied volatility at the money for `days` days, between the expiries around; null where there is none on one side."""
    return _at_tenor(atm_iv(), days)


@metric(grain="snapshot", unit="1 per year")
def skew_25d(days: int = 30, delta: float = 0.25) -> pl.Expr:
    """Implied volatility of the 25-delta call less that of the 25-delta put, for `days` days; below 0, falls cost more."""
    call, put = (_at_tenor(iv_at_delta.of(side)(delta=delta), days) for side in SIDES)
    return call - put


@metric(grain="snapshot", unit="1 per year")
def term_slope(short: int = 30, long: int = 90) -> pl.Expr:
    """Implied volatility at the money for `long` days less that for `short` days; below 0, the near future is feared more."""
    return iv_30d(days=long) - iv_30d(days=short)


@metric(grain="history", unit="1 per year")
def vrp(days: int = 30, window: int = 21) -> pl.Expr:
    """Variance risk premium: `iv_30d` squared less the variance realized over the last `window` sessions, both per year.

    What was realized before the day stands for what is to come; the variance that did come is an outcome and no input.
    """
    implied = iv_30d(days=days)
    return implied * implied - realized_variance(window=window)
