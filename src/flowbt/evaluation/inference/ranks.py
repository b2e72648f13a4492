"""Does a higher score go with a higher outcome? Spearman's rank correlation, and the information coefficient of a panel."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import rankdata

from flowbt.evaluation.inference.long_run import FEWEST, Bools, Estimate, Floats
from flowbt.evaluation.inference.news import estimate_from_news, expected_rank, expected_rank_across, ranks_across

UNIVERSE = 10
"""Symbols that a day must have for a rank correlation across them."""


@dataclass(frozen=True)
class InformationCoefficient:
    """Rank correlation of score and outcome.

    Attributes:
        method: per date across symbols, or per symbol over time; None where neither can be had.
        n: pairs used.
        value: mean over dates, or over symbols (each by its number of pairs).
        estimate: the same with its error; None where that cannot be said.
        ratio: mean over standard deviation of the coefficients of dates (ICIR, per date); None over time.
    """

    method: Literal["across_symbols", "over_time"] | None
    n: int = 0
    value: float | None = None
    estimate: Estimate | None = None
    ratio: float | None = None


def spearman(x: Floats, y: Floats) -> float | None:
    """Correlation of the ranks, ties at their mean rank (Spearman 1904); None where either does not vary."""
    ranks = _standardised_ranks(x, y)
    return None if ranks is None else float(ranks[0] @ ranks[1]) / len(x)


def spearman_influence(x: Floats, y: Floats) -> Floats:
    """What each pair adds to the error of Spearman's correlation (Croux & Dehon 2010), ties included; zeros where undefined.

    A pair counts by its own ranks and by moving the ranks of all others.
    """
    ranks = _standardised_ranks(x, y)
    if ranks is None:
        return np.zeros(len(x))
    u, v = ranks
    value = float(u @ v) / len(x)
    shared = u * v + _through_ranks(x, v) + _through_ranks(y, u)
    spread = (u**2 + 2 * _through_ranks(x, u) + v**2 + 2 * _through_ranks(y, v)) / 2
    influence = shared - value * spread
    return np.asarray(influence - influence.mean()) / len(x)


def off_its_commonest(values: Floats) -> int:
    """How many values are not the most common one: with few of them, what they do is a matter of those few."""
    return len(values) - int(np.unique(values, return_counts=True)[1].max(initial=0))


def information_coefficient(score: Floats, path: Floats) -> InformationCoefficient:
    """Spearman per date across symbols where most dates have at least 10, else per symbol over time, averaged.

    Args:
        score: dates down, symbols across; NaN where there is none.
        path: returns from the entry to 0, 1, ... H sessions after it, layers of dates by symbols.
    """
    known = np.isfinite(score) & np.isfinite(path[-1])
    per_date = known.sum(axis=1)
    wide = per_date >= UNIVERSE
    if wide.sum() >= FEWEST and 2 * wide.sum() >= (per_date > 0).sum():
        return _across(score, path, known & wide[:, None])
    return _over_time(score, path, known)


def _across(score: Floats, path: Floats, known: Bools) -> InformationCoefficient:
    said, came = (ranks_across(np.where(known, values, np.nan)) for values in (score, path[-1]))
    used = np.isfinite(said) & np.isfinite(came)
    per_date = used.sum(axis=1)
    there = per_date > 0
    count = int(there.sum())
    if count == 0:
        return InformationCoefficient(None)
    weight = np.where(used, said, 0.0) / np.maximum(per_date, 1)[:, None]
    coefficients = (weight * np.where(used, came, 0.0)).sum(axis=1)[there]
    mean, spread = float(coefficients.mean()), float(coefficients.std())
    estimate = estimate_from_news(mean, weight / count, expected_rank_across(path, used)) if count >= FEWEST else None
    return InformationCoefficient(
        "across_symbols", int(used.sum()), mean, estimate, mean / spread if spread > 0 else None
    )


def _over_time(score: Floats, path: Floats, known: Bools) -> InformationCoefficient:
    said, came = np.full_like(score, np.nan), np.full_like(score, np.nan)
    varying = 0
    for symbol in np.flatnonzero(known.sum(axis=0) >= FEWEST):
        there = known[:, symbol]
        ranks = _standardised_ranks(score[there, symbol], path[-1][there, symbol])
        if ranks is not None:
            said[there, symbol], came[there, symbol] = ranks
            varying += off_its_commonest(score[there, symbol])
    total = int(np.isfinite(said).sum())
    if total == 0:
        return InformationCoefficient(None)
    value = float(np.nansum(said * came)) / total
    estimate = estimate_from_news(value, said / total, expected_rank(path, came)) if varying >= FEWEST else None
    return InformationCoefficient("over_time", total, value, estimate)


def _standardised_ranks(x: Floats, y: Floats) -> tuple[Floats, Floats] | None:
    """Both sides' ranks at mean 0 and variance 1."""
    if len(x) < 2:
        return None
    u, v = (rankdata(side) - (len(x) + 1) / 2 for side in (x, y))
    spreads = u.std(), v.std()
    return None if min(spreads) == 0 else (u / spreads[0], v / spreads[1])


def _through_ranks(moved: Floats, weight: Floats) -> Floats:
    """How much each value adds to the mean of rank times weight by lifting other ranks: all above it by 1, its equals by 1/2.

    Ranks are counted in their standard deviation.
    """
    _, group = np.unique(moved, return_inverse=True)
    sums = np.bincount(group, weight)
    above = sums[::-1].cumsum()[::-1] - sums
    return np.asarray((above + sums / 2)[group] / rankdata(moved).std())
