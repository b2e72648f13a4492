"""Implied volatility of a million options on one core: flowbt, vectorised Newton steps in scipy, and QuantLib in a loop.

The options are those of a chain: strikes around the spot, two days to a year, volatilities from 12% to 60%, calls and puts.
All are timed in one process, in turn, `ROUNDS` times; the best time counts. QuantLib, called once for each option, gets a
sample of them.
"""

import time
from collections.abc import Callable
from math import nan, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import QuantLib
from scipy.special import ndtr

from flowbt.pricing import ImpliedStatus, implied_status, implied_volatility, price, vega

Floats = npt.NDArray[np.float64]

ROUNDS = 3
OPTIONS = 1_000_000
SAMPLE = 20_000
SPOT, RATE, YIELD = 290.0, 0.04, 0.012
NEWTON_STEPS = 12


def main() -> None:
    """Make the options, time each contender, print nanoseconds per option, ratios and the accuracy."""
    chain = _chain()
    known = tuple(chain[name] for name in ("price", "strike", "years", "is_call"))
    sample = tuple(column[:SAMPLE] for column in known)
    contenders: dict[str, tuple[Callable[..., Floats], tuple[Any, ...]]] = {
        "flowbt": (_flowbt, known),
        "scipy": (_scipy, known),
        "quantlib": (_quantlib, sample),
    }
    _flowbt(*sample)
    best = dict.fromkeys(contenders, float("inf"))
    found: dict[str, Floats] = {}
    for _ in range(ROUNDS):
        for name, (solve, options) in contenders.items():
            start = time.perf_counter()
            found[name] = solve(*options)
            best[name] = min(best[name], (time.perf_counter() - start) / options[0].size * 1e9)
    print(f"{known[0].size:,} options")
    for name, nanoseconds in best.items():
        tells = chain["vega"][: found[name].size] > 0.01
        error = np.nanmax(np.abs(found[name] - chain["volatility"][: found[name].size])[tells])
        print(f"{name:<9} {nanoseconds:8.0f} ns per option   largest error {error:.0e}")
    print(f"flowbt: {best['flowbt']:.0f} ns (goal at most 600)")
    print(f"scipy / flowbt:    {best['scipy'] / best['flowbt']:.1f}")
    print(f"QuantLib / flowbt: {best['quantlib'] / best['flowbt']:.1f}")


def _chain() -> dict[str, Any]:
    random = np.random.default_rng(7)
    strike = SPOT * np.exp(random.normal(0, 0.15, OPTIONS))
    years, volatility = random.uniform(2 / 365, 1, OPTIONS), random.uniform(0.12, 0.6, OPTIONS)
    is_call = random.random(OPTIONS) < 0.5
    prices = price(SPOT, strike, years, volatility, RATE, YIELD, is_call)
    solved = implied_status(prices, SPOT, strike, years, RATE, YIELD, is_call) == ImpliedStatus.SOLVED
    columns = {
        "price": prices,
        "strike": strike,
        "years": years,
        "is_call": is_call,
        "volatility": volatility,
        "vega": vega(SPOT, strike, years, volatility, RATE, YIELD, is_call),
    }
    return {name: column[solved] for name, column in columns.items()}


def _flowbt(prices: Floats, strike: Floats, years: Floats, is_call: npt.NDArray[np.bool_]) -> Floats:
    return implied_volatility(prices, SPOT, strike, years, RATE, YIELD, is_call)


def _scipy(prices: Floats, strike: Floats, years: Floats, is_call: npt.NDArray[np.bool_]) -> Floats:
    """Newton's method on whole arrays, from the inflection of the price in volatility, whence it converges."""
    side = np.where(is_call, 1.0, -1.0)
    received, paid, root = SPOT * np.exp(-YIELD * years), strike * np.exp(-RATE * years), np.sqrt(years)
    logarithm = np.log(received / paid)
    deviation = np.sqrt(2 * np.abs(logarithm)) + 1e-3
    for _ in range(NEWTON_STEPS):
        d1 = logarithm / deviation + deviation / 2
        value = side * (received * ndtr(side * d1) - paid * ndtr(side * (d1 - deviation)))
        slope = received * np.exp(-d1 * d1 / 2) / sqrt(2 * np.pi)
        deviation = np.maximum(deviation - (value - prices) / np.maximum(slope, 1e-300), 1e-6)
    found: Floats = deviation / root
    return found


def _quantlib(prices: Floats, strike: Floats, years: Floats, is_call: npt.NDArray[np.bool_]) -> Floats:
    discount, forward = np.exp(-RATE * years), SPOT * np.exp((RATE - YIELD) * years)
    columns = (prices, strike, years, is_call, discount, forward)
    return np.array([_quantlib_each(*option) for option in zip(*(column.tolist() for column in columns), strict=True)])


def _quantlib_each(value: float, strike: float, years: float, is_call: bool, discount: float, forward: float) -> float:
    kind = QuantLib.Option.Call if is_call else QuantLib.Option.Put
    guess = QuantLib.nullDouble()
    try:
        return float(
            QuantLib.blackFormulaImpliedStdDev(kind, strike, forward, value, discount, 0.0, guess, 1e-9, 200)
        ) / sqrt(years)
    except RuntimeError:
        return nan


if __name__ == "__main__":
    main()
