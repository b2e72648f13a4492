"""Scores of forecasts: of probabilities, and of three classes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from flowbt.evaluation.inference.hac import Floats, Integers, estimate_from_influence, wilson_interval
from flowbt.evaluation.inference.partition import even_groups


@dataclass(frozen=True)
class ReliabilityBin:
    """Forecasts of about the same probability: what was predicted, and what share came true.

    Attributes:
        predicted: mean probability.
        observed: share that came true.
        n: forecasts.
        interval: 95% (Wilson) on the effective number, which is smaller than n where days depend on each other.
    """

    predicted: float
    observed: float
    n: int
    interval: tuple[float, float]


def brier_score(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """Squared error of each probability; `outcome` is 1 where the event came, else 0 (Brier 1950, one class)."""
    return np.asarray((np.asarray(probability, np.float64) - np.asarray(outcome, np.float64)) ** 2)


def ranked_probability_score(probabilities: Floats, outcome: Integers) -> Floats:
    """Squared error of the cumulated probabilities of ordered classes (Epstein 1969; Murphy 1971), summed, not averaged.

    Args:
        probabilities: forecasts down, classes across in order; rows sum to 1.
        outcome: the place of the class that came, one per forecast.

    Returns:
        One score per forecast, from 0 (certain and right) to classes - 1.
    """
    came = outcome[:, None] <= np.arange(probabilities.shape[1])
    return np.asarray(((np.cumsum(probabilities, axis=1) - came) ** 2).sum(axis=1))


def skill_score(score: float, reference: float) -> float | None:
    """Share of the reference's score that the forecast does without; negative where it is worse than the reference."""
    return 1 - score / reference if reference > 0 else None


def confusion_matrix(said: Integers, came: Integers, classes: int) -> Integers:
    """Counts: classes said down, classes that came across; both given as places 0 to `classes` - 1."""
    return np.bincount(said * classes + came, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def matthews_correlation(confusion: Integers) -> float | None:
    """Correlation of what was said with what came, for any number of classes (Gorodkin 2004).

    None where only one class was ever said or only one ever came.
    """
    n, right = float(confusion.sum()), float(np.trace(confusion))
    said, came = confusion.sum(axis=1).astype(np.float64), confusion.sum(axis=0).astype(np.float64)
    spread = (n**2 - said @ said) * (n**2 - came @ came)
    return float((right * n - said @ came) / np.sqrt(spread)) if spread > 0 else None


def reliability(
    probability: Floats, outcome: Floats, date_index: Integers, n_dates: int, horizon: int, bins: int = 10
) -> list[ReliabilityBin]:
    """Forecasts in bins of about equal number, lowest first; equal probabilities are never parted.

    Args:
        probability: one per forecast.
        outcome: 1 where the event came, else 0.
        date_index: the place of each forecast's date, 0 to `n_dates` - 1.
        n_dates: how many dates there are.
        horizon: sessions that an outcome spans.
        bins: at most so many.
    """
    if not len(probability):
        return []
    place = even_groups(probability, bins)
    found = []
    for code in np.unique(place):
        inside = place == code
        came = outcome[inside]
        share = float(came.mean())
        effective = _effective_number(came, date_index[inside], n_dates, horizon)
        interval = wilson_interval(share * effective, effective)
        found.append(ReliabilityBin(float(probability[inside].mean()), share, int(inside.sum()), interval))
    return found


def _effective_number(values: Floats, date_index: Integers, n_dates: int, horizon: int) -> float:
    """How many independent values would give their mean the same error; at most as many as there are."""
    n, mean = len(values), float(values.mean())
    estimate = estimate_from_influence(
        mean, np.bincount(date_index, (values - mean) / n, n_dates).astype(np.float64), horizon
    )
    if estimate is None:
        return n / min(horizon, n)
    return min(float(values.var()) / estimate.standard_error**2, float(n))
