"""Which of two forecasts is better?"""

import math
from dataclasses import dataclass

from scipy.special import stdtr

from flowbt.evaluation.inference.hac import Floats


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
    below = float(stdtr(n - 1, statistic))
    return DieboldMariano(mean, statistic, 2 * min(below, 1 - below), below)
