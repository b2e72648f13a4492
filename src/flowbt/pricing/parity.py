"""Dividend yield that a chain implies: from its quotes by put-call parity, or from the deltas that its source computed."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from flowbt.compiled import compiled

Floats = NDArray[np.float64]

NEAREST = 3
STEPS = 4
"""Iterations of the fixed point."""


@compiled
def parity_yield(expiry: Any, strike: Any, years: Any, spot: Any, excess: Any, rate: float) -> Any:
    """Dividend yield of each contract's expiry, from the strikes at which call and put are closest in price.

    The forward is K + (call - put) exp(rate T) (Hull, Options, Futures and Other Derivatives, ch. 17), the median over
    three strikes. NaN where the expiry has no strike with both prices, no time left or an unknown spot, and where the
    result would not be finite.

    Args:
        expiry: by row, a number common to the rows of an expiry, which are consecutive.
        strike: by row, USD.
        years: to expiry.
        spot: by row, USD.
        excess: call price minus put price, NaN where one is unknown.
        rate: per year.
    """
    yields = np.full(len(strike), np.nan)
    first = 0
    while first < len(strike):
        distances, forwards, count = np.full(3, np.inf), np.zeros(3), 0
        growth = math.exp(rate * years[first])
        last = first
        while last == first or (last < len(strike) and expiry[last] == expiry[first]):
            away = abs(excess[last])
            if away < distances[2]:
                slot = 2
                while slot > 0 and away < distances[slot - 1]:
                    distances[slot], forwards[slot] = distances[slot - 1], forwards[slot - 1]
                    slot -= 1
                distances[slot], forwards[slot] = away, strike[last] + excess[last] * growth
                count += 1
            last += 1
        forward = np.median(forwards[: min(count, 3)]) if count > 0 else np.nan
        if forward > 0 and years[first] > 0 and spot[first] > 0:
            implied = rate - math.log(forward / spot[first]) / years[first]
            if math.isfinite(implied):
                yields[first:last] = implied
        first = last
    return yields


def delta_yield(
    spot: Floats, strike: Floats, years: Floats, volatility: Floats, delta: Floats, is_call: bool, rate: float
) -> Floats:
    """Dividend yield at which Black-Scholes-Merton gives each contract its delta, by fixed point on exp(-q T) N(d1).

    Per year, one number per contract; NaN where there is none or it would not be finite.
    """
    dividend_yield = np.zeros(len(spot))
    with np.errstate(all="ignore"):
        deviation = volatility * np.sqrt(years)
        for _ in range(STEPS):
            probability = delta * np.exp(dividend_yield * years) + (0 if is_call else 1)
            drift = ndtri(probability) * deviation - np.log(spot / strike) - deviation * deviation / 2
            dividend_yield = rate - drift / years
    return np.where(np.isfinite(dividend_yield), dividend_yield, np.nan)
