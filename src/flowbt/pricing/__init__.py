"""European options after Black-Scholes-Merton: price, greeks and implied volatility, compiled, on numpy arrays.

Importing this package imports numba, a third of a second; the rest of flowbt imports it when it needs it.
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
