"""A mean against its placebo: the difference, its interval, its p-value, and how large it would have had to be to be seen.

Every mean here is a weighted one over levels (weight 1 where a level can be judged, or 1 where it was touched), so what each
level adds to the error of a mean is its weight times its distance from the mean over all weights. These influences are summed
by the session at which what they tell of came about, and the long-run variance of that daily series gives the error.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from flowbt.evaluation.inference import DETECTABLE, FEWEST, Floats, Integers, estimate_from_influence
from flowbt.evaluation.inference.hac import NORMAL_95

EVENTS: Final = 5
"""Where outcomes never vary, so many must have been expected to come out otherwise for anything to be said of luck."""


@dataclass(frozen=True)
class Contrast:
    """A difference and how sure it is; None where it cannot be said."""

    difference: float | None = None
    ci: tuple[float, float] | None = None
    p_value: float | None = None
    minimum_detectable: float | None = None


@dataclass(frozen=True)
class Share:
    """A weighted mean, and what each entry adds to its error; None and zeros where no entry weighs anything."""

    value: float | None
    influence: Floats


def varies(weight: Floats, outcome: Floats) -> bool:
    """Whether the outcomes that weigh anything differ."""
    counted = outcome[weight > 0]
    return len(counted) > 0 and bool((counted != counted[0]).any())


def tells(weight: Floats, outcome: Floats, difference: float) -> bool:
    """Whether outcomes differ, or enough of them were expected to come out otherwise."""
    return varies(weight, outcome) or float(weight.sum()) * abs(difference) >= EVENTS


def weighted(weight: Floats, outcome: Floats, expected: float | None = None) -> Share:
    """The mean of the outcomes under these weights; an outcome without weight may be NaN.

    Where none of few levels was touched, or all held, their own spread says that the mean is certain, which it is not: outcomes
    that do not vary are taken to spread about what was `expected`.
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
        parts: sessions, and the influence that came about on each; those of one session add up.
        horizon: sessions over which neighbouring influences overlap.
        windows: that tell of it independently (`windows_in`). With fewer than `FEWEST` nothing is said of luck; with few, the
            interval and the p-value are those of Student's t with one degree of freedom less, as for clusters (Cameron &
            Miller 2015, A practitioner's guide to cluster-robust inference, section VI).
    """
    if difference is None or windows < FEWEST:
        return Contrast(difference)
    day = np.concatenate([days for days, _ in parts])
    influence = np.concatenate([values for _, values in parts])
    by_day = np.bincount(day, influence).astype(np.float64)
    told = np.flatnonzero(by_day)
    if not len(told):
        return Contrast(difference)
    estimate = estimate_from_influence(difference, by_day[told[0] : told[-1] + 1], horizon)
    if estimate is None:
        return Contrast(difference)
    wider = float(stdtrit(windows - 1, 0.975)) / NORMAL_95
    low, high = (difference + wider * (bound - difference) for bound in estimate.interval)
    p_value = 2 * float(stdtr(windows - 1, -abs(float(ndtri(estimate.p_value / 2)))))
    return Contrast(difference, (low, high), p_value, DETECTABLE * wider * estimate.standard_error)
