"""Implied volatility and greeks of each contract: the source's values, and computed ones where the source has none.

The model is Black-Scholes-Merton (`flowbt.pricing`), with the underlying's price at the chain's own quote time. It
treats the American options of an ETF as European; `flowbt.pricing.implied_volatility` documents the size of that error.
Parameters shared by all metrics here:

- `rate`, `dividend_yield`: per year, continuously compounded;
- `carry`: `implied` (default) takes the dividend yield that the chain implies (`flowbt.metrics.catalogue.carry`) where
  available; `yield` always takes `dividend_yield`;
- `priced_by`: the price that volatility is solved from where the source has none: the middle of the closing `quote`
  (default), or the `last` trade of the day, which may have been made at another spot than the close.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Literal

import polars as pl

from flowbt.conventions import RISK_FREE_RATE
from flowbt.lake.flags import LEAST_VOLATILITY
from flowbt.metrics.catalogue.carry import Carry, dividend_yield_of, years
from flowbt.metrics.engine.definition import Sided, metric, sided
from flowbt.metrics.engine.prices import last_of_day, two_sided_middle
from flowbt.schema import SIDES, STRIKE_ROWS

PricedBy = Literal["quote", "last"]


def _computed(function: str, known: pl.Expr, side: str, model: "Model", given: pl.Expr | None) -> pl.Expr:
    """A function of `flowbt.pricing` applied to `known` (a volatility or a price) wherever the source does not give the number."""
    inputs = {
        "price" if function == "implied_volatility" else "volatility": known,
        "spot": pl.col("underlying_price"),
        "strike": pl.col("strike"),
        "years": years(),
        "dividend_yield": dividend_yield_of(
            model.carry, model.rate, model.dividend_yield, always=given is None or function in {"theta", "vega"}
        ),
    }
    given = pl.lit(None, pl.Float64) if given is None else given
    roots = list(dict.fromkeys(root for each in (given, *inputs.values()) for root in each.meta.root_names()))
    fill = partial(
        _fill, roots=roots, given=given, inputs=inputs, function=function, rate=model.rate, is_call=side == "call"
    )
    return pl.map_batches(roots, fill, return_dtype=pl.Float64, is_elementwise=True)


def _fill(
    columns: Sequence[pl.Series],
    roots: Sequence[str],
    given: pl.Expr,
    inputs: Mapping[str, pl.Expr],
    function: str,
    rate: float,
    *,
    is_call: bool,
) -> pl.Series:
    """The given values, with missing ones computed; only the missing rows are computed, because that dominates the run time."""
    rows = pl.DataFrame(dict(zip(roots, columns, strict=True)))
    values = rows.select(given.alias("given")).to_series()
    values = values.new_from_index(0, rows.height) if len(values) != rows.height else values
    missing = values.is_null()
    if not missing.any():
        return values
    # imported here because numba takes a third of a second to load, and most requests do not need it
    compute: Callable[..., Any] = getattr(import_module("flowbt.pricing"), function)
    lacking = rows if missing.all() else rows.filter(missing)
    arrays = lacking.select(each.cast(pl.Float64).alias(name) for name, each in inputs.items())
    results = compute(**{name: arrays[name].to_numpy() for name in inputs}, rate=rate, is_call=is_call)
    return values.scatter(missing.arg_true(), pl.Series(results).fill_nan(None))


@dataclass(frozen=True)
class Model:
    """Assumptions behind the computed numbers: rate and yield per year, continuously compounded."""

    rate: float
    dividend_yield: float
    carry: Carry


@sided(grain="strike", unit="1 per year")
def volatility(
    side: str,
    rate: float = RISK_FREE_RATE,
    dividend_yield: float = 0.0,
    carry: Carry = "implied",
    priced_by: PricedBy = "quote",
) -> pl.Expr:
    """Implied volatility of the {side}: the source's, else solved from its price; null where neither is available.

    Values below 0.1% a year are not volatilities and are ignored, whatever their source.
    """
    given = pl.col(f"{side}_iv")
    price = two_sided_middle(side) if priced_by == "quote" else last_of_day(side)
    model = Model(rate, dividend_yield, carry)
    return _credible(_computed("implied_volatility", price, side, model, given=_credible(given)))


def _credible(volatility: pl.Expr) -> pl.Expr:
    return pl.when(volatility >= LEAST_VOLATILITY).then(volatility)


def _greek(name: str, side: str, rate: float, dividend_yield: float, carry: Carry) -> pl.Expr:
    column = f"{side}_{name}"
    of_contract = volatility.of(side)(rate=rate, dividend_yield=dividend_yield, carry=carry)
    given = pl.col(column) if column in STRIKE_ROWS else None
    return _computed(name, of_contract, side, Model(rate, dividend_yield, carry), given)


@sided(grain="strike", unit="1")
def unit_delta(
    side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied"
) -> pl.Expr:
    """Delta of one {side}: the source's, else computed from its implied volatility."""
    return _greek("delta", side, rate, dividend_yield, carry)


@sided(grain="strike", unit="1/USD")
def unit_gamma(
    side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied"
) -> pl.Expr:
    """Gamma of one {side} per USD of the underlying: the source's, else computed from its implied volatility."""
    return _greek("gamma", side, rate, dividend_yield, carry)


@sided(grain="strike", unit="USD per vol point")
def unit_vega(
    side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied"
) -> pl.Expr:
    """Vega of one {side} per point of volatility: the source's, else computed from its implied volatility."""
    return _greek("vega", side, rate, dividend_yield, carry)


@sided(grain="strike", unit="USD per day")
def unit_theta(
    side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied"
) -> pl.Expr:
    """Theta of one {side} per calendar day: the source's, else computed from its implied volatility."""
    return _greek("theta", side, rate, dividend_yield, carry)


@sided(grain="strike", unit="1 per vol point")
def unit_vanna(
    side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied"
) -> pl.Expr:
    """Vanna of one {side}: change of its delta per point of volatility (Haug, Option Pricing Formulas, ch. 2)."""
    return _greek("vanna", side, rate, dividend_yield, carry)


@sided(grain="strike", unit="1 per day")
def unit_charm(
    side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0, carry: Carry = "implied"
) -> pl.Expr:
    """Charm of one {side}: change of its delta as one calendar day passes (Haug, Option Pricing Formulas, ch. 2)."""
    return _greek("charm", side, rate, dividend_yield, carry)


@sided(grain="strike", unit="boolean")
def below_intrinsic(side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0) -> pl.Expr:
    """Whether the {side}'s quote midpoint is at or below its value at zero volatility, so that no volatility can be solved."""
    shares, cash = _legs(rate, dividend_yield)
    received, paid = (shares, cash) if side == "call" else (cash, shares)
    return two_sided_middle(side) <= (received - paid).clip(lower_bound=0)


@sided(grain="strike", unit="boolean")
def above_bound(side: str, rate: float = RISK_FREE_RATE, dividend_yield: float = 0.0) -> pl.Expr:
    """Whether the {side}'s quote midpoint is at or above the highest possible {side} price, so that no volatility can be solved."""
    shares, cash = _legs(rate, dividend_yield)
    return two_sided_middle(side) >= (shares if side == "call" else cash)


def _legs(rate: float, dividend_yield: float) -> tuple[pl.Expr, pl.Expr]:
    """Present values of the share and of the strike, delivered and paid at expiry."""
    shares = (
        pl.col("underlying_price") * (-dividend_yield * years()).exp() if dividend_yield else pl.col("underlying_price")
    )
    return shares, pl.col("strike") * (-rate * years()).exp()


def _count(of: Sided) -> pl.Expr:
    """Number of calls and puts with the property; null where it is unknown for all of them."""
    is_known = (of.call().is_not_null() | of.put().is_not_null()).any()
    return pl.when(is_known).then(of.call().sum() + of.put().sum()).cast(pl.Int64)


@metric(grain="snapshot", unit="contracts listed", rows="live")
def priced_below_intrinsic() -> pl.Expr:
    """Number of live contracts quoted at or below their value at zero volatility; null without quotes."""
    return _count(below_intrinsic)


@metric(grain="snapshot", unit="contracts listed", rows="live")
def priced_above_bound() -> pl.Expr:
    """Number of live contracts quoted at or above the highest possible option price; null without quotes."""
    return _count(above_bound)


@metric(grain="snapshot", unit="contracts listed", rows="live")
def without_volatility() -> pl.Expr:
    """Number of live contracts with open interest but no implied volatility, neither the source's nor a solved one.

    Null where no open interest is known.
    """
    lacking = [((pl.col(f"{side}_open_interest") > 0) & volatility.of(side)().is_null()).sum() for side in SIDES]
    has_open_interest = pl.any_horizontal(pl.col(f"{side}_open_interest").is_not_null() for side in SIDES).any()
    return pl.when(has_open_interest).then(lacking[0] + lacking[1]).cast(pl.Int64)
