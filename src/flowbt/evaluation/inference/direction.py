"""Does what was said of the direction go with what came? Tests that do not reward calling a rise in a rising market.

Matrices have dates down and symbols across: 1 (up), -1 (down), NaN where nothing was said or nothing is known. Each symbol
is compared with its own frequencies, so that a forecast which merely picks a symbol gains nothing by it.
"""

import math
from dataclasses import dataclass

import numpy as np

from flowbt.evaluation.inference.circular_shift import Association, association
from flowbt.evaluation.inference.hac import FEWEST, Bools, Floats


@dataclass(frozen=True)
class PesaranTimmermann:
    """The test for independent observations.

    Attributes:
        share_right: share of forecasts that came true.
        share_expected: what it were if forecasts and outcomes had nothing to do with each other.
        statistic: standard normal if they have not; None where one side never varies.
        p_value: two-sided.
    """

    share_right: float
    share_expected: float
    statistic: float | None
    p_value: float | None


@dataclass(frozen=True)
class DirectionalAccuracy:
    """How often the direction was right, and whether that says anything.

    Attributes:
        n: forecasts whose outcome is known.
        share_right: share of forecasts that came true; None where n is 0.
        share_expected: what it were if forecasts and outcomes had nothing to do with each other.
        above_expected: share right less share expected (twice the covariance of forecast and outcome), with its error.
        timing: P(said up | went up) - P(said up | went down); 0 without, 1 with perfect foresight.
        timing_error: the same with its error.
    """

    n: int
    share_right: float | None = None
    share_expected: float | None = None
    above_expected: Association | None = None
    timing: float | None = None
    timing_error: Association | None = None


def pesaran_timmermann(right_up: int, wrong_up: int, wrong_down: int, right_down: int) -> PesaranTimmermann:
    """Pesaran & Timmermann (1992) from the counts of a table of forecasts by outcomes.

    Without the term in 1/n^2 of the variance, which vanishes in large samples: the square is then Pearson's chi-square.

    Args:
        right_up: said up, went up.
        wrong_up: said up, went down.
        wrong_down: said down, went up.
        right_down: said down, went down.
    """
    n = right_up + wrong_up + wrong_down + right_down
    if n == 0:
        return PesaranTimmermann(math.nan, math.nan, None, None)
    said, went = (right_up + wrong_up) / n, (right_up + wrong_down) / n
    right, expected = (right_up + right_down) / n, said * went + (1 - said) * (1 - went)
    variance = 4 * said * (1 - said) * went * (1 - went) / n
    if variance <= 0:
        return PesaranTimmermann(right, expected, None, None)
    statistic = (right - expected) / math.sqrt(variance)
    return PesaranTimmermann(right, expected, statistic, math.erfc(abs(statistic) / math.sqrt(2)))


def directional_accuracy(said: Floats, moves: Floats, horizon: int) -> DirectionalAccuracy:
    """Pesaran-Timmermann and Henriksson-Merton on a panel of dependent days.

    With s and w 1 for up and 0 for down, less the symbol's own means: the share right less the share expected is twice the
    mean of s w; timing is the slope of s on w (Henriksson & Merton 1981, p1 + p2 - 1; as a regression Breen, Glosten &
    Jagannathan 1989). Both are one numerator, judged by shifts since the days depend on one another (`association`; Pesaran &
    Timmermann 2009 use the long-run variance alone).

    Args:
        said: 1 or -1, dates down and symbols across; NaN where there was no forecast.
        moves: returns that followed; a return of 0 is not an outcome, NaN unknown.
        horizon: sessions over which they run.

    Returns:
        Errors are None where either direction was said, or came, fewer than 10 times.
    """
    went = np.where(moves == 0, np.nan, moves)
    moved = np.isfinite(went)
    known = np.isfinite(said) & moved
    n = int(known.sum())
    if n == 0:
        return DirectionalAccuracy(0)
    said_up, went_up = (said > 0) & known, (went > 0) & known
    forecast, outcome = _above_own_share(said_up, known), _above_own_share(went_up, known)
    covariance, variance = float((forecast * outcome).sum()) / n, float((outcome**2).sum()) / n
    right = float((said_up == went_up)[known].mean())
    sides = [int((side & known).sum()) for side in (said_up, ~said_up, went_up, ~went_up)]
    timing = covariance / variance if variance > 0 else None
    above = error = None
    if min(sides) >= FEWEST:
        # what went on days without a forecast leaves the sum as it is, but a forecast that is shifted must meet outcomes
        outcome = _above_own_share((went > 0) & moved, moved)
        rows = np.flatnonzero(moved.any(axis=1))
        span = slice(int(rows[0]), int(rows[-1]) + 1)
        above, error = (association(forecast[span], outcome[span], horizon, unit) for unit in (n / 2, n * variance))
    return DirectionalAccuracy(n, right, right - 2 * covariance, above, timing, error)


def _above_own_share(up: Bools, known: Bools) -> Floats:
    return np.where(known, up - up.sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
