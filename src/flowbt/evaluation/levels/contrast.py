"""A mean against its placebo: the difference, its confidence interval, its p-value, and the minimum detectable effect.

Every mean here is a weighted mean over levels (weight 1 where a level can be judged, or where it was touched), so what each
level adds to the error of a mean is its weight times its distance from the mean, divided by all weights. These influences are
summed by the session of the outcome, and the long-run variance of that daily series gives the error.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from flowbt.documents import Result
from flowbt.evaluation.inference import DETECTABLE, FEWEST, Floats, Integers, estimate_from_influence
from flowbt.evaluation.inference.hac import NORMAL_95

EVENTS: Final = 5
"""Where outcomes never vary, at least so many must have been expected to differ before a difference is tested."""


@dataclass(frozen=True)
class Contrast(Result):
    """A difference from a placebo with its uncertainty.

    Attributes:
        difference: in the unit of the measure (shares and moves are fractions); None without cases or without a placebo.
        ci: 95% confidence interval; None where there are too few independent windows to test.
        p_value: two-sided; None likewise.
        minimum_detectable: the smallest true difference that would be found significant in four cases of five; None likewise.
    """

    difference: float | None = None
    ci: tuple[float, float] | None = None
    p_value: float | None = None
    minimum_detectable: float | None = None


@dataclass(frozen=True)
class Share:
    """A weighted mean, and what each entry adds to its error; None and zeros where all weights are 0."""

    value: float | None
    influence: Floats


def varies(weight: Floats, outcome: Floats) -> bool:
    """Whether the outcomes with a weight differ."""
    counted = outcome[weight > 0]
    return len(counted) > 0 and bool((counted != counted[0]).any())


def is_testable(weight: Floats, outcome: Floats, difference: float) -> bool:
    """Whether outcomes differ, or enough of them were expected to differ from what happened."""
    return varies(weight, outcome) or float(weight.sum()) * abs(difference) >= EVENTS


def weighted(weight: Floats, outcome: Floats, expected: float | None = None) -> Share:
    """The mean of the outcomes under these weights; an outcome without weight may be NaN.

    Where none of few levels was touched, or all of them held, their own spread is zero, which would make the mean certain:
    outcomes that do not vary are taken to spread about what was `expected`.
    """
    total = float(weight.sum())
    if total <= 0:
        return Share(None, np.zeros(len(weight)))
    filled = np.where(weight > 0, outcome, 0.0)
    value = float(weight @ filled) / total
    centre = value if expected is None or varies(weight, outcome) else expected
    return Share(value, weight * (filled - centre) / total)


def windows_in(days: Integers, horizon: int) -> int:
    """How many windows of so many sessions, none overlapping another, start on these days."""
    count, free = 0, -1
    for day in np.unique(days).tolist():
        if day >= free:
            count, free = count + 1, day + horizon
    return count


def contrast(difference: float | None, parts: list[tuple[Integers, Floats]], horizon: int, windows: int) -> Contrast:
    """A difference with its error.

    Args:
        difference: the estimate.
        parts: sessions, and the influence of the outcomes on each; those of one session add up.
        horizon: sessions over which neighbouring influences overlap.
        windows: number of independent windows (`windows_in`). With fewer than `FEWEST` the difference is not tested; with few,
            the interval and the p-value are those of Student's t with one degree of freedom less than windows, as for
            clusters (Cameron & Miller 2015, A practitioner's guide to cluster-robust inference, section VI).
    """
    if difference is None or windows < FEWEST:
        return Contrast(difference)
    day = np.concatenate([days for days, _ in parts])
    influence = np.concatenate([values for _, values in parts])
    by_day = np.bincount(day, influence).astype(np.float64)
    informative = np.flatnonzero(by_day)
    if not len(informative):
        return Contrast(difference)
    estimate = estimate_from_influence(difference, by_day[informative[0] : informative[-1] + 1], horizon)
    if estimate is None:
        return Contrast(difference)
    wider = float(stdtrit(windows - 1, 0.975)) / NORMAL_95
    low, high = (difference + wider * (bound - difference) for bound in estimate.interval)
    p_value = 2 * float(stdtr(windows - 1, -abs(float(ndtri(estimate.p_value / 2)))))
    return Contrast(difference, (low, high), p_value, DETECTABLE * wider * estimate.standard_error)
