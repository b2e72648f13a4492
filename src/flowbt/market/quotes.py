"""Bid, ask and last trade around the model's value.

A market maker quotes a few cents wide, plus a share of the value, plus the cost of an error in his volatility. Out of
the money the half-spread is capped by the value itself, so that the midpoint stays within a cent of the value and the
wings are not biased upwards; relative to the value they are the widest. An option worth less than a cent has no bid.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CENT = 0.01


def half_spread(value: Floats, vega: Floats, price: Floats) -> Floats:
    """Half the width of a quote in USD."""
    in_the_money = np.maximum(value - 0.02 * price, 0.0)
    wide = 0.01 + 0.006 * np.minimum(value, 0.02 * price) + 0.01 * in_the_money + 0.12 * vega
    return np.minimum(wide, 0.5 * value + 0.005)


def bid_ask(value: Floats, half: Floats) -> tuple[Floats, Floats]:
    """Quotes in cents; the bid is at least zero and the ask above it."""
    bid = np.maximum(np.floor((value - half) / CENT + 1e-6), 0.0)
    ask = np.maximum(np.ceil((value + half) / CENT - 1e-6), bid + 1.0)
    return bid / 100.0, ask / 100.0


def trade_price(value: Floats, half: Floats, where: Floats) -> Floats:
    """Price of the last trade, at `where` between bid (-1) and ask (+1); at least one cent."""
    return np.maximum(np.rint((value + where * half) / CENT), 1.0) / 100.0
