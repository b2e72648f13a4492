"""The dividend yield that a chain implies: from its quotes by put-call parity, or from the deltas that its source computed."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from flowbt.compiled import compiled

Floats = NDArray[np.float64]

NEAREST = 3
STEPS = 4


@compiled
def parity_yield(expiry: Any, strike: Any, years: Any, spot: Any, excess: Any, rate: float) -> Any:
    """The yield of each contract's expiry, from the strikes at which call and put are worth most nearly the same.

    The forward is K + (call - put) exp(rate T) (Hull, Options, Futures and Other Derivatives, ch. 17), the median of three
    strikes. NaN where the expiry has no strike with both, no time left, or an unknown spot, and where it would not be finite.

    Args:
        expiry: by row, a number that is the same for the rows of an expiry, which lie together.
        strike: by row.
        years: to expiry.
        spot: by row.
        excess: call less put, NaN where one has no price.
        rate: per year.
    """
    found = np.full(len(strike), np.nan)
    first = 0
    while first < len(strike):
        distances, forwards, count = np.full(3, np.inf), np.zeros(3), 0
        growth = math.exp(rate * years[first])
        last = first
        while last == first or (last < len(strike) and expiry[last] == expiry[first]):
            away = abs(excess[last])
            if away < distances[2]:
                place = 2
                while place > 0 and away < distances[place - 1]:
                    distances[place], forwards[place] = distances[place - 1], forwards[place - 1]
                    place -= 1
                distances[place], forwards[place] = away, strike[last] + excess[last] * growth
                count += 1
            last += 1
        forward = np.median(forwards[: min(count, 3)]) if count > 0 else np.nan
        if forward > 0 and years[first] > 0 and spot[first] > 0:
            implied = rate - math.log(forward / spot[first]) / years[first]
            if math.isfinite(implied):
                found[first:last] = implied
        first = last
    return found


def delta_yield(
    spot: Floats, strike: Floats, years: Floats, volatility: Floats, delta: Floats, is_call: bool, rate: float
) -> Floats:
    """The yield at which Black-Scholes-Merton gives each contract its delta, by fixed point on exp(-q T) N(d1).

    Per year, one number for each contract; NaN where there is none or it would not be finite.
    """
    dividend_yield = np.zeros(len(spot))
    with np.errstate(all="ignore"):
        deviation = volatility * np.sqrt(years)
        for _ in range(STEPS):
            probability = delta * np.exp(dividend_yield * years) + (0 if is_call else 1)
            drift = ndtri(probability) * deviation - np.log(spot / strike) - deviation * deviation / 2
            dividend_yield = rate - drift / years
    return np.where(np.isfinite(dividend_yield), dividend_yield, np.nan)
