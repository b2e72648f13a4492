"""Price and greeks of a European option under Black-Scholes-Merton.

With S the spot, K the strike, T the years, v the volatility, r the rate, q the dividend yield, N the normal distribution
function and n its density:

    d1 = (ln(S / K) + (r - q + v^2 / 2) T) / (v sqrt(T)),  d2 = d1 - v sqrt(T)
    call = S exp(-q T) N(d1) - K exp(-r T) N(d2)
    put  = K exp(-r T) N(-d2) - S exp(-q T) N(-d1)

Formulas of price, delta, gamma, theta and vega: Hull, Options, Futures and Other Derivatives, ch. 17 and 19; of vanna and
charm: Haug, The Complete Guide to Option Pricing Formulas, ch. 2.
"""

from collections.abc import Callable
from math import erfc, exp, inf, isfinite, isnan, log, nan, pi, sqrt
from typing import Protocol

import numpy as np
import numpy.typing as npt

from flowbt.compiled import compiled, elementwise

Floats = npt.NDArray[np.float64]

DAYS_PER_YEAR = 365.0
POINTS = 100.0
"""Volatility points in 1.00, which is 100% per year."""


class OptionFunction(Protocol):
    """Signature shared by price and greeks."""

    def __call__(
        self,
        spot: npt.ArrayLike,
        strike: npt.ArrayLike,
        years: npt.ArrayLike,
        volatility: npt.ArrayLike,
        rate: npt.ArrayLike,
        dividend_yield: npt.ArrayLike,
        is_call: npt.ArrayLike,
    ) -> Floats:
        """Compute the number for each option.

        Args:
            spot: USD, as is `strike`; all arguments broadcast.
            strike: see `spot`.
            years: time to expiry.
            volatility: per year, as a fraction.
            rate: per year, continuously compounded, as is `dividend_yield`.
            dividend_yield: see `rate`.
            is_call: boolean.

        Returns:
            float64 of the common shape, or a number if all arguments are numbers. NaN where any input is not finite,
            where spot, strike, years or volatility is not positive, and where the result would not be finite.
        """
        ...


def _of_options(function: Callable[[float, float, float, float, float, float, bool], float]) -> OptionFunction:
    apply: OptionFunction = elementwise("float64(float64, float64, float64, float64, float64, float64, boolean)")(
        function
    )
    return apply


@compiled
def _is_defined(
    spot: float, strike: float, years: float, volatility: float, rate: float, dividend_yield: float
) -> bool:
    positive = 0 < spot < inf and 0 < strike < inf and 0 < years < inf and 0 < volatility < inf
    return positive and isfinite(rate) and isfinite(dividend_yield)


@compiled
def _d1(spot: float, strike: float, years: float, volatility: float, rate: float, dividend_yield: float) -> float:
    """d1, or NaN where the option is not defined, which propagates to every result."""
    if not _is_defined(spot, strike, years, volatility, rate, dividend_yield):
        return nan
    deviation = volatility * sqrt(years)
    return (log(spot / strike) + (rate - dividend_yield) * years) / deviation + deviation / 2


@compiled
def _cumulative(deviate: float) -> float:
    """The normal distribution function, to full relative accuracy in its lower tail."""
    return erfc(-deviate / sqrt(2.0)) / 2


@compiled
def _density(deviate: float) -> float:
    return exp(-deviate * deviate / 2) / sqrt(2 * pi)


@compiled
def _finite(value: float) -> float:
    return value if isfinite(value) else nan


@_of_options
def price(
    spot: float, strike: float, years: float, volatility: float, rate: float, dividend_yield: float, is_call: bool
) -> float:
    """Price of a European option today, USD per share."""
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    if isnan(d1):
        return nan
    d2 = d1 - volatility * sqrt(years)
    side = 1.0 if is_call else -1.0
    paid, received = strike * exp(-rate * years), spot * exp(-dividend_yield * years)
    value = side * (received * _cumulative(side * d1) - paid * _cumulative(side * d2))
    # rounding must not take the price below its value at zero volatility
    return _finite(max(value, side * (received - paid), 0.0))


@_of_options
def delta(
    spot: float, strike: float, years: float, volatility: float, rate: float, dividend_yield: float, is_call: bool
) -> float:
    """Delta: change of the price per USD of the spot, from 0 to 1 for a call, from -1 to 0 for a put."""
    side = 1.0 if is_call else -1.0
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    return _finite(side * exp(-dividend_yield * years) * _cumulative(side * d1))


@_of_options
def gamma(
    spot: float,
    strike: float,
    years: float,
    volatility: float,
    rate: float,
    dividend_yield: float,
    is_call: bool,  # noqa: ARG001
) -> float:
    """Gamma: change of delta per USD of the spot; the same for call and put."""
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    return _finite(exp(-dividend_yield * years) * _density(d1) / (spot * volatility * sqrt(years)))


@_of_options
def theta(
    spot: float, strike: float, years: float, volatility: float, rate: float, dividend_yield: float, is_call: bool
) -> float:
    """Theta: change of the price as one calendar day (1/365 of a year) passes, USD per share; negative where the option decays."""
    side = 1.0 if is_call else -1.0
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    d2 = d1 - volatility * sqrt(years)
    paid, received = strike * exp(-rate * years), spot * exp(-dividend_yield * years)
    decay = received * _density(d1) * volatility / (2 * sqrt(years))
    carry = side * (dividend_yield * received * _cumulative(side * d1) - rate * paid * _cumulative(side * d2))
    return _finite((carry - decay) / DAYS_PER_YEAR)


@_of_options
def vega(
    spot: float,
    strike: float,
    years: float,
    volatility: float,
    rate: float,
    dividend_yield: float,
    is_call: bool,  # noqa: ARG001
) -> float:
    """Vega: change of the price per volatility point (0.01 of the fraction), USD per share; the same for call and put."""
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    return _finite(spot * exp(-dividend_yield * years) * _density(d1) * sqrt(years) / POINTS)


@_of_options
def vanna(
    spot: float,
    strike: float,
    years: float,
    volatility: float,
    rate: float,
    dividend_yield: float,
    is_call: bool,  # noqa: ARG001
) -> float:
    """Vanna: change of delta per volatility point, equal to the change of vega per USD of the spot; the same for call and put."""
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    d2 = d1 - volatility * sqrt(years)
    return _finite(-exp(-dividend_yield * years) * _density(d1) * d2 / volatility / POINTS)


@_of_options
def charm(
    spot: float, strike: float, years: float, volatility: float, rate: float, dividend_yield: float, is_call: bool
) -> float:
    """Charm: change of delta as one calendar day (1/365 of a year) passes and nothing else changes.

    The sign is that of the change itself: where the delta of an out-of-the-money call falls towards 0, charm is
    negative.
    """
    side = 1.0 if is_call else -1.0
    d1 = _d1(spot, strike, years, volatility, rate, dividend_yield)
    deviation = volatility * sqrt(years)
    d2 = d1 - deviation
    drift = (2 * (rate - dividend_yield) * years - d2 * deviation) / (2 * years * deviation)
    yielded = side * dividend_yield * _cumulative(side * d1)
    return _finite(exp(-dividend_yield * years) * (yielded - _density(d1) * drift) / DAYS_PER_YEAR)
