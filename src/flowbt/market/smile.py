"""Implied volatilities and option values.

The variance expected until each expiry follows from today's volatility and its mean reversion (`at_the_money`). Around
it, the smile is the SSVI of Gatheral and Jacquier (2014), "Arbitrage-free SVI volatility surfaces": total variance w(k)
= theta/2 * (1 + rho*phi*k + sqrt((phi*k + rho)^2 + 1 - rho^2)), k = ln(strike/price), phi = eta / sqrt(theta*(1 +
theta)). It is free of butterfly and calendar arbitrage while eta^2*(1+|rho|) <= 4 and theta grows with the term; the
constants in `character` are well within these limits.

Values are Black-Scholes-Merton with rate and yield zero. Early exercise then gains nothing, so American and European
prices are equal, put-call parity is exact (call - put = price - strike), and no price is below intrinsic value: any row
that a quality rule rejects here is an error of the rule.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]

LAST_MINUTES = 1.0 / 24 / 4 / 365
"""Years left at the close on the day of expiry: options trade a quarter of an hour longer than shares."""

PULL = 4.0
"""Speed of mean reversion of variance per year: half of the gap closes in two months."""

PREMIUM = 1.06
"""Implied volatility relative to expected volatility: insurance costs more than its expected loss."""


@dataclass(frozen=True)
class Valuation:
    """Value of the call and the put of each strike and their greeks, in the units of `schema.QUOTE_COLUMNS`.

    Without rate and yield both have the same gamma, theta and vega.
    """

    call: Floats
    put: Floats
    volatility: Floats
    call_delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats


def years_left(days_to_expiry: npt.NDArray[np.int64]) -> Floats:
    """Years to expiry at the close, by calendar days."""
    return np.maximum(days_to_expiry / 365.0, LAST_MINUTES)


def at_the_money(volatility: Floats, usual: float, years: Floats) -> Floats:
    """At-the-money implied volatility, from the volatility of the day and the long-run one."""
    decay = -np.expm1(-PULL * years) / (PULL * years)
    return PREMIUM * np.sqrt(usual**2 + (volatility**2 - usual**2) * decay)


def smile(log_moneyness: Floats, at_money: Floats, years: Floats, skew: Floats, curvature: float) -> Floats:
    """Implied volatility at ln(strike/price)."""
    theta = at_money**2 * years
    stretched = log_moneyness * (curvature / np.sqrt(theta * (1.0 + theta)))
    variance = theta / 2 * (1.0 + skew * stretched + np.sqrt((stretched + skew) ** 2 + 1.0 - skew**2))
    return np.sqrt(variance / years)


def value(price: Floats, strike: Floats, volatility: Floats, years: Floats) -> Valuation:
    """Black-Scholes-Merton with rate and yield zero."""
    root = np.sqrt(years)
    deviation = volatility * root
    d1 = np.log(price / strike) / deviation + deviation / 2
    call_delta = ndtr(d1)
    density = np.exp(-(d1**2) / 2) / np.sqrt(2 * np.pi)
    call = np.maximum(price * call_delta - strike * ndtr(d1 - deviation), np.maximum(price - strike, 0.0))
    return Valuation(
        call=call,
        put=np.maximum(call - price + strike, 0.0),
        volatility=volatility,
        call_delta=call_delta,
        gamma=density / (price * deviation),
        theta=-price * density * volatility / (2 * root) / 365,
        vega=price * density * root / 100,
    )
