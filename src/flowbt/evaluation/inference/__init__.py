"""Inference that stands alone: arrays in, named results out; nothing here knows of options, frames or files.

Each function names its source. Missing values are not allowed unless a function says so.
"""

from flowbt.evaluation.inference.hac import (
    DETECTABLE,
    FEWEST,
    SIGNIFICANT,
    Bools,
    Estimate,
    Floats,
    Integers,
    estimate_from_influence,
    estimate_mean,
    wilson_interval,
)

__all__ = [
    "DETECTABLE",
    "FEWEST",
    "SIGNIFICANT",
    "Bools",
    "Estimate",
    "Floats",
    "Integers",
    "estimate_from_influence",
    "estimate_mean",
    "wilson_interval",
]
