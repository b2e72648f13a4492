"""European options under Black-Scholes-Merton: price, greeks and implied volatility, compiled, on numpy arrays.

Importing this package imports numba, which takes a third of a second; the rest of flowbt imports it only when needed.
"""

from flowbt.pricing.black_scholes import charm, delta, gamma, price, theta, vanna, vega
from flowbt.pricing.implied import implied_status, implied_volatility
from flowbt.pricing.status import ImpliedStatus

__all__ = [
    "ImpliedStatus",
    "charm",
    "delta",
    "gamma",
    "implied_status",
    "implied_volatility",
    "price",
    "theta",
    "vanna",
    "vega",
]
