"""Gamma exposure of a book over a grid of spots, with the volatility of each contract unchanged.

If the spots are a constant factor apart, d1 of a contract moves by a constant step, and the normal density at equally
spaced points obeys phi(d + s) = phi(d) exp(-s d - s^2 / 2). Four exponentials then give a contract's gamma on the whole
grid, instead of one exponential per point. The recurrence starts at the grid point with the largest density, so that in
both directions it only multiplies by factors below 1.

A contract whose gamma does not fit a double (its volatility is 1e-300, its strike infinite) is skipped like one without
a volatility; it never stops the computation of the others.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flowbt.compiled import compiled

Floats = NDArray[np.float64]

FARTHEST = 12.0
"""Standard deviations beyond which a density is treated as 0: it is below 1e-31 there."""


@compiled
def add_gamma_exposure(
    spot: float,
    strike: Floats,
    years: Floats,
    volatility: Floats,
    dividend_yield: Floats,
    shares: Floats,
    rate: float,
    grid: Floats,
    total: Floats,
) -> None:
    """Add to `total` the exposure at each point of the grid: gamma * shares * S^2 * 0.01, in USD per 1% move.

    Args:
        spot: today's, USD.
        strike: by contract, as are the following arrays; USD.
        years: to expiry.
        volatility: per year; a contract without one (NaN) is skipped.
        dividend_yield: per year.
        shares: underlying shares of the position, with its sign.
        rate: per year.
        grid: log ratios of spot to today's spot, a constant step apart, 0 among them.
        total: one number per grid point; updated in place.
    """
    step = grid[1] - grid[0]
    first = round(grid[0] / step)
    last = first + len(grid) - 1
    for i in range(len(strike)):
        if shares[i] == 0.0 or not (volatility[i] > 0.0 and years[i] > 0.0):
            continue
        deviation = volatility[i] * math.sqrt(years[i])
        d1 = (math.log(spot / strike[i]) + (rate - dividend_yield[i]) * years[i]) / deviation + deviation / 2
        stride = step / deviation
        # clipped as a float: converting a position too far away to an integer is undefined
        start = int(min(max(np.rint(-d1 / stride), first), last))
        nearest = d1 + start * stride
        # written as `not <=`, so that NaN is skipped too
        if not abs(nearest) <= FARTHEST:
            continue
        weight = shares[i] / deviation * math.exp(-dividend_yield[i] * years[i])
        if not math.isfinite(weight):
            continue
        density = weight * math.exp(-nearest * nearest / 2)
        decay = math.exp(-stride * stride)
        # one exponential each: of two factors, one could overflow where the other underflows
        above, rise = density, math.exp(-(stride / 2 + nearest) * stride)
        below, fall = density, math.exp(-(stride / 2 - nearest) * stride)
        total[start - first] += density
        # the two directions are independent, so the processor can run them in parallel within one loop
        shared = min(last - start, start - first)
        for away in range(1, shared + 1):
            above *= rise
            rise *= decay
            total[start - first + away] += above
            below *= fall
            fall *= decay
            total[start - first - away] += below
        for point in range(start + shared + 1, last + 1):
            above *= rise
            rise *= decay
            total[point - first] += above
        for point in range(start - shared - 1, first - 1, -1):
            below *= fall
            fall *= decay
            total[point - first] += below


def gamma_exposure(spot: float, books: Sequence[Sequence[Floats]], rate: float, grid: Floats) -> Floats:
    """Gamma exposure of several books over a grid of spots, in USD per 1% move.

    Args:
        spot: today's, USD.
        books: (strike, years, volatility, dividend yield, signed shares) of each, arrays by contract.
        rate: per year.
        grid: log ratios of spot to today's spot, a constant step apart, 0 among them.

    Returns:
        One number per grid point; NaN where it does not fit a double.
    """
    total = np.zeros(len(grid))
    for strike, years, volatility, dividend_yield, shares in books:
        add_gamma_exposure(spot, strike, years, volatility, dividend_yield, shares, rate, grid, total)
    with np.errstate(all="ignore"):
        exposure: Floats = total * spot * np.exp(grid) * 0.01 / math.sqrt(2 * math.pi)
    return np.where(np.isfinite(exposure), exposure, np.nan)
