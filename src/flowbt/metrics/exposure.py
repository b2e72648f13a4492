"""What dealers would have to hedge: gamma and delta of what is held.

Gamma exposure assumes whose position the open interest is. The usual assumption, taken here, is that dealers are long the
calls and short the puts; it is an assumption and can be wrong in sign. Where the source gives no gamma it is computed from
the contract's implied volatility after Black-Scholes-Merton (Hull, Options, Futures and Other Derivatives, ch. 19), which
treats the American options of an ETF as European: near the money and short-dated the difference is small against the
assumption above.
"""

import math
from collections.abc import Sequence
from typing import Literal

import polars as pl

from flowbt.metrics.catalogue import metric
from flowbt.metrics.sums import HELD, sum_known

GexUnit = Literal["usd_1pct", "usd_1pt", "shares_1pt", "shares_1pct"]


def _years() -> pl.Expr:
    return (pl.col("expiration") - pl.col("date")).dt.total_days() / 365


def bsm_gamma(iv: pl.Expr, rate: float, dividend_yield: float) -> pl.Expr:
    """Gamma per USD of a European option: exp(-q T) phi(d1) / (S v sqrt(T)).

    Null where the volatility, the spot or the time to expiry is missing or not positive.
    """
    spot_price, years = pl.col("underlying_price"), _years()
    spread = iv * years.sqrt()
    d1 = ((spot_price / pl.col("strike")).log() + (rate - dividend_yield) * years) / spread + spread / 2
    density = (-d1 * d1 / 2).exp() / math.sqrt(2 * math.pi)
    gamma = density / (spot_price * spread)
    if dividend_yield:
        gamma *= (-dividend_yield * years).exp()
    return pl.when((iv > 0) & (years > 0) & (spot_price > 0)).then(gamma)


def _unit_gamma(side: str, rate: float, dividend_yield: float) -> pl.Expr:
    """The source's gamma, and only where it has none the computed one: the formula costs more than all else together."""
    names = [f"{side}_gamma", f"{side}_iv", "underlying_price", "strike", "expiration", "date"]

    def fill(columns: Sequence[pl.Series]) -> pl.Series:
        given = columns[0]
        missing = given.is_null()
        if not missing.any():
            return given
        rows = pl.DataFrame(dict(zip(names, columns, strict=True)))
        computed = rows.filter(missing).lazy().select(bsm_gamma(pl.col(names[1]), rate, dividend_yield)).collect()
        return given.scatter(missing.arg_true(), computed.to_series())

    return pl.map_batches(names, fill, return_dtype=pl.Float64, is_elementwise=True)


@metric(grain="strike", unit="1/USD")
def call_unit_gamma(rate: float = 0.04, dividend_yield: float = 0.0) -> pl.Expr:
    """Gamma of the call: the source's, else computed from its implied volatility."""
    return _unit_gamma("call", rate, dividend_yield)


@metric(grain="strike", unit="1/USD")
def put_unit_gamma(rate: float = 0.04, dividend_yield: float = 0.0) -> pl.Expr:
    """Gamma of the put: the source's, else computed from its implied volatility."""
    return _unit_gamma("put", rate, dividend_yield)


@metric(grain="strike", unit="shares per USD")
def call_gamma_held() -> pl.Expr:
    """Gamma of all the strike's calls held: gamma times open interest times multiplier."""
    return call_unit_gamma() * pl.col("call_open_interest") * pl.col("multiplier")


@metric(grain="strike", unit="shares per USD")
def put_gamma_held() -> pl.Expr:
    """Gamma of all the strike's puts held: gamma times open interest times multiplier."""
    return put_unit_gamma() * pl.col("put_open_interest") * pl.col("multiplier")


@metric(grain="snapshot", unit="shares per USD", rows="live")
def net_gamma_held() -> pl.Expr:
    """Gamma of the calls held less that of the puts held: dealers long calls and short puts; null where none is known."""
    net = call_gamma_held().fill_null(0) - put_gamma_held().fill_null(0)
    return sum_known(net, (call_gamma_held(), put_gamma_held()), HELD)


@metric(grain="snapshot", unit="see `unit`")
def gex(unit: GexUnit = "usd_1pct") -> pl.Expr:
    """Gamma exposure: what dealers, if long the calls and short the puts, must trade against a move of the underlying.

    `usd_1pct` (default): USD per 1% move; `usd_1pt`: USD per point; `shares_1pt`, `shares_1pct`: shares. Negative: they
    sell into a fall. Whose position it is, is assumed; read it beside `gex_coverage`.
    """
    spot_price = pl.col("underlying_price")
    scale = {
        "usd_1pct": spot_price * spot_price * 0.01,
        "usd_1pt": spot_price,
        "shares_1pt": pl.lit(1.0),
        "shares_1pct": spot_price * 0.01,
    }[unit]
    return net_gamma_held() * scale


@metric(grain="snapshot", unit="1", rows="live")
def gex_coverage() -> pl.Expr:
    """Share of the open interest whose gamma is known, from the source or from an implied volatility."""
    calls, puts = pl.col("call_open_interest"), pl.col("put_open_interest")
    known = calls.filter(call_unit_gamma().is_not_null()).sum() + puts.filter(put_unit_gamma().is_not_null()).sum()
    held = calls.sum() + puts.sum()
    return pl.when(held > 0).then(known / held)


@metric(grain="snapshot", unit="shares", rows="live")
def dex_net() -> pl.Expr:
    """Delta of everything held, signed: calls' positive, puts' negative; null where no delta is known."""
    return _sum_held(_delta_held("call")) + _sum_held(_delta_held("put"))


@metric(grain="snapshot", unit="shares", rows="live")
def dex_gross() -> pl.Expr:
    """Delta of everything held, without sign. It cannot be negative, so its sign says nothing."""
    return _sum_held(_delta_held("call").abs()) + _sum_held(_delta_held("put").abs())


def _sum_held(delta: pl.Expr) -> pl.Expr:
    return sum_known(delta, (_delta_held("call"), _delta_held("put")), HELD)


def _delta_held(side: str) -> pl.Expr:
    return pl.col(f"{side}_delta") * pl.col(f"{side}_open_interest") * pl.col("multiplier")
