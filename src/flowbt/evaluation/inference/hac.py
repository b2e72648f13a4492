"""Inference for dependent data: arrays in, numbers out; nothing here knows of options.

Verdicts persist and horizons overlap, so neighbouring sessions are not independent. Standard errors come from the
long-run variance with a Bartlett kernel and a wide bandwidth L = max(2H, 1.3 sqrt(T)), and are judged by the fixed-b
critical value (Kiefer & Vogelsang 2005), which widens the interval by as much as the bandwidth calls for.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

NORMAL_95 = 1.959963984540054
DETECTABLE = 2.8
"""A true effect of 2.8 standard errors is found at 5% four times in five (1.96 + 0.84)."""
SIGNIFICANT = 0.05
"""A result with a smaller p-value is called significant."""
FEWEST = 10
"""Significance is not judged with fewer verdicts or trades: an error estimate counts dates, not the few of them that carry verdicts."""


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error, its 95% interval, its t statistic and its two-sided p-value."""

    value: float
    standard_error: float
    interval: tuple[float, float]
    t: float
    p_value: float


def bandwidth(observations: int, horizon: int) -> int:
    """Lags for the long-run variance: max(2H, 1.3 sqrt(T)), fewer than the observations."""
    return min(max(2 * horizon, math.ceil(1.3 * math.sqrt(observations))), observations - 1)


def long_run_variance(values: Floats, lags: int) -> float:
    """Long-run variance of a series of mean zero: Bartlett-weighted autocovariances up to `lags` (Newey & West 1987)."""
    count = len(values)
    total = float(values @ values)
    for lag in range(1, lags + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(values[lag:] @ values[:-lag])
    return max(total / count, 0.0)


def fixed_b_critical_value(b: float) -> float:
    """Two-sided 5% critical value for a Bartlett kernel whose bandwidth is the share `b` of the observations.

    Kiefer & Vogelsang (2005), table 1: 1.96 + 2.9694 b + 0.4160 b^2 - 0.5324 b^3.
    """
    return 1.96 + 2.9694 * b + 0.4160 * b**2 - 0.5324 * b**3


def estimate_from_influence(value: float, influence: Floats, horizon: int, least: float = 1.0) -> Estimate | None:
    """An estimate whose error is the sum of `influence` over dates (in order, of mean zero).

    The variance is never taken to be smaller than `least` times what it were if the dates were independent: over few dates
    the long-run estimate can fall far below it by chance. The p-value refers t, shrunk by 1.96 over the fixed-b critical value, to the normal: exact at 5%, an approximation
    elsewhere. None where the series is too short (fewer than 10 dates) or does not vary.
    """
    count = len(influence)
    if count < 10:
        return None
    lags = bandwidth(count, horizon)
    error = math.sqrt(max(count * long_run_variance(influence, lags), least * float(influence @ influence)))
    if error < 1e-15:
        return None
    critical = fixed_b_critical_value(lags / count)
    t = value / error
    p_value = math.erfc(abs(t) * NORMAL_95 / critical / math.sqrt(2))
    return Estimate(value, error, (value - critical * error, value + critical * error), t, p_value)


def estimate_mean(values: Floats, horizon: int = 1) -> Estimate | None:
    """The mean of a dependent series, with its error; None where the series is too short or does not vary.

    Its variance may fall to half of that of independent dates: a floor at the whole would be felt in every other sample of
    independent days, and rejects 1% at 5%.
    """
    mean = float(values.mean()) if len(values) else 0.0
    return estimate_from_influence(mean, (values - mean) / max(len(values), 1), horizon, least=0.5)


def wilson_interval(hits: float, count: float) -> tuple[float, float]:
    """95% interval for a share (Wilson 1927); counts may be fractional, as an effective number is."""
    if count <= 0:
        return (0.0, 1.0)
    share, z2 = hits / count, NORMAL_95**2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = NORMAL_95 / (1 + z2 / count) * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    return (max(centre - half, 0.0), min(centre + half, 1.0))
