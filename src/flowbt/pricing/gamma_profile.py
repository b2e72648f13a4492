"""Gamma exposure of a book over a grid of spots, each contract's volatility held.

With the spots a constant factor apart, d1 of a contract moves by a constant step, and the normal density at equally spaced
points obeys phi(d + s) = phi(d) exp(-s d - s^2 / 2): four exponentials give a contract's gamma on the whole grid instead of
one for each point. The recurrence starts at the point of the grid where the density is largest, so that in the directions in
which it goes it only ever multiplies by factors below 1.

A contract whose gamma a double cannot hold (its volatility is 1e-300, its strike infinite) is left out like one without a
volatility; it never stops the work on the others.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flowbt.compiled import compiled

Floats = NDArray[np.float64]

FARTHEST = 12.0
"""Standard deviations beyond which a density is taken for 0: it is below 1e-31 there."""


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
    """Add to `total` the exposure of each point of the grid: gamma * shares * S^2 * 0.01, in USD per 1% move.

    Args:
        spot: today's.
        strike: by contract, as all that follow.
        years: to expiry.
        volatility: per year; a contract without (NaN) is left out.
        dividend_yield: per year.
        shares: what they are for, with the sign of the position.
        rate: per year.
        grid: logarithms of spot over today's spot, a constant step apart, 0 among them.
        total: as long as the grid.
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
        # in floats: as an integer a place too far away would be any
        start = int(min(max(np.rint(-d1 / stride), first), last))
        nearest = d1 + start * stride
        # NaN is not within either
        if not abs(nearest) <= FARTHEST:
            continue
        weight = shares[i] / deviation * math.exp(-dividend_yield[i] * years[i])
        if not math.isfinite(weight):
            continue
        density = weight * math.exp(-nearest * nearest / 2)
        decay = math.exp(-stride * stride)
        # each as one exponential: of two factors the one could overflow where the other underflows
        above, rise = density, math.exp(-(stride / 2 + nearest) * stride)
        below, fall = density, math.exp(-(stride / 2 - nearest) * stride)
        total[start - first] += density
        # the two walks do not wait for each other, which a processor makes use of while they go together
        together = min(last - start, start - first)
        for away in range(1, together + 1):
            above *= rise
            rise *= decay
            total[start - first + away] += above
            below *= fall
            fall *= decay
            total[start - first - away] += below
        for place in range(start + together + 1, last + 1):
            above *= rise
            rise *= decay
            total[place - first] += above
        for place in range(start - together - 1, first - 1, -1):
            below *= fall
            fall *= decay
            total[place - first] += below


def gamma_exposure(spot: float, books: Sequence[Sequence[Floats]], rate: float, grid: Floats) -> Floats:
    """The exposure over the grid of books of contracts: (strike, years, volatility, dividend yield, signed shares) each.

    USD per 1% move, one number for each point of the grid; NaN where it is too large for a double.
    """
    total = np.zeros(len(grid))
    for strike, years, volatility, dividend_yield, shares in books:
        add_gamma_exposure(spot, strike, years, volatility, dividend_yield, shares, rate, grid, total)
    with np.errstate(all="ignore"):
        exposure: Floats = total * spot * np.exp(grid) * 0.01 / math.sqrt(2 * math.pi)
    return np.where(np.isfinite(exposure), exposure, np.nan)
