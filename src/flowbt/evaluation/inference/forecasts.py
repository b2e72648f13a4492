"""Which of two forecasts is better, and does the one add to the other?"""

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri
from scipy.stats import t as student

from flowbt.evaluation.inference.long_run import Estimate, Floats

NESTED_MEAN, NESTED_SPREAD = -0.42, 1.05
"""Of the normal distribution whose upper tenth is that of the limit of the statistic of nested forecasts."""


@dataclass(frozen=True)
class DieboldMariano:
    """Comparison of two series of losses.

    Attributes:
        mean_difference: mean loss of the first less that of the second; negative where the first is better.
        statistic: Student's t with T-1 degrees of freedom if they are equally good.
        p_value: two-sided.
        p_value_first_better: one-sided.
    """

    mean_difference: float
    statistic: float
    p_value: float
    p_value_first_better: float


def diebold_mariano(first: Floats, second: Floats, lags: int = 0) -> DieboldMariano | None:
    """Diebold & Mariano (1995) with the small-sample correction of Harvey, Leybourne & Newbold (1997).

    For forecasts that are not nested in one another. Autocovariances up to `lags` count in full, as in the papers.

    Args:
        first: loss of the first forecast per time, in order.
        second: that of the second.
        lags: steps ahead less one.

    Returns:
        None where there are no more times than lags, or where the estimated variance is not positive (with lags it may be).
    """
    difference = first - second
    n = len(difference)
    if n <= lags + 1:
        return None
    mean = float(difference.mean())
    centred = difference - mean
    variance = float(centred @ centred) / n
    variance += sum(2 * float(centred[lag:] @ centred[:-lag]) / n for lag in range(1, lags + 1))
    if variance <= 0:
        return None
    ahead = lags + 1
    correction = (n + 1 - 2 * ahead + ahead * (ahead - 1) / n) / n
    statistic = mean / math.sqrt(variance / n) * math.sqrt(max(correction, 0.0))
    below = float(student.cdf(statistic, n - 1))
    return DieboldMariano(mean, statistic, 2 * min(below, 1 - below), below)


def encompassing_p_value(covariance: Estimate) -> float:
    """One-sided p-value of a forecast with one more coefficient, estimated on an expanding sample, adding nothing.

    Under that hypothesis the t statistic is not normal but lies lower: as the integral of W/s dW over the root of the
    integral of W^2/s^2 ds, from the share of history before the first forecast to 1 (Clark & McCracken 2001, ENC-T). From a
    twelfth to four fifths of history its upper tail is within 0.01 that of one normal distribution.

    Args:
        covariance: of what the larger forecast adds with what the smaller one misses (Clark & West 2007).
    """
    # half of a two-sided p-value, so that what its estimate does about few dates is kept
    beyond = -float(ndtri(max(covariance.p_value / 2, 1e-300)))
    statistic = math.copysign(beyond, covariance.t)
    return float(ndtr(-(statistic - NESTED_MEAN) / NESTED_SPREAD))
