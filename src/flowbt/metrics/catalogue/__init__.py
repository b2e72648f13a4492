"""The metrics that flowbt ships, one file per theme; user-defined metrics look the same.

Importing the package registers them in `SHIPPED`.
"""

from flowbt.metrics.engine.definition import SHIPPED, collecting

with collecting(SHIPPED):
    from flowbt.metrics.catalogue import (
        carry,
        clusters,
        dividend_plays,
        exposure,
        flow,
        greeks,
        hedging,
        levels,
        max_pain,
        open_interest,
        pivots,
        tape,
        technical,
        unusual,
        volatility,
        zero_gamma,
    )

__all__ = [
    "carry",
    "clusters",
    "dividend_plays",
    "exposure",
    "flow",
    "greeks",
    "hedging",
    "levels",
    "max_pain",
    "open_interest",
    "pivots",
    "tape",
    "technical",
    "unusual",
    "volatility",
    "zero_gamma",
]
