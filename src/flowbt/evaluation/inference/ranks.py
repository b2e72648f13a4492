"""Does a higher score go with a higher outcome? Spearman's rank correlation, and the information coefficient of a panel."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowbt.evaluation.inference.circular_shift import Association, association
from flowbt.evaluation.inference.hac import FEWEST, Bools, Floats
from flowbt.evaluation.inference.ranking import mean_ranks

UNIVERSE = 10
"""Symbols that a day must have for a rank correlation across them."""


@dataclass(frozen=True)
class RankCorrelation:
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
    estimate: Association | None = None
    ratio: float | None = None


def spearman(x: Floats, y: Floats) -> float | None:
    """Correlation of the ranks, ties at their mean rank (Spearman 1904); None where either does not vary."""
    ranks = _standardised_ranks(x, y)
    return None if ranks is None else float(ranks[0] @ ranks[1]) / len(x)


def off_its_commonest(values: Floats) -> int:
    """How many values are not the most common one: with few of them, what they do is a matter of those few."""
    return len(values) - int(np.unique(values, return_counts=True)[1].max(initial=0))


def rank_correlation(score: Floats, moves: Floats, horizon: int) -> RankCorrelation:
    """Spearman per date across symbols where most dates have at least 10, else per symbol over time, averaged.

    Args:
        score: dates down, symbols across; NaN where there is none.
        moves: returns that followed; NaN unknown.
        horizon: sessions over which they run.
    """
    known = np.isfinite(score) & np.isfinite(moves)
    per_date = known.sum(axis=1)
    wide = per_date >= UNIVERSE
    if wide.sum() >= FEWEST and 2 * wide.sum() >= (per_date > 0).sum():
        return _across(score, moves, known & wide[:, None], horizon)
    return _over_time(score, moves, known, horizon)


def _across(score: Floats, moves: Floats, known: Bools, horizon: int) -> RankCorrelation:
    said_by_date, came_by_date, _ = _ranked(score.T, moves.T, known.T)
    said, came = said_by_date.T, came_by_date.T
    per_date = (said != 0).any(axis=1)
    count = int(per_date.sum())
    if count == 0:
        return RankCorrelation(None)
    # each date's ranks have variance 1, so with its number of symbols taken off every date weighs alike
    said = said / np.maximum(known.sum(axis=1), 1)[:, None]
    coefficients = (said * came).sum(axis=1)[per_date]
    mean, spread = float(coefficients.mean()), float(coefficients.std())
    estimate = _tested(said, came, np.isfinite(moves), horizon, count) if count >= FEWEST else None
    ratio = mean / spread if spread > 0 else None
    return RankCorrelation("across_symbols", int(known[per_date].sum()), mean, estimate, ratio)


def _over_time(score: Floats, moves: Floats, known: Bools, horizon: int) -> RankCorrelation:
    said, came, varying = _ranked(score, moves, known)
    used = (said != 0).any(axis=0)
    total = int(known[:, used].sum())
    if total == 0:
        return RankCorrelation(None)
    value = float((said * came).sum()) / total
    estimate = _tested(said, came, np.isfinite(moves), horizon, total) if varying >= FEWEST else None
    return RankCorrelation("over_time", total, value, estimate)


def _tested(said: Floats, came: Floats, known: Bools, horizon: int, unit: int) -> Association | None:
    rows = np.flatnonzero((said != 0).any(axis=1))
    span = slice(int(rows[0]), int(rows[-1]) + 1)
    return association(said[span], came[span], horizon, unit, known[span])


def _ranked(score: Floats, moves: Floats, known: Bools) -> tuple[Floats, Floats, int]:
    """Both sides' ranks down each column, and how many scores are not a column's usual one.

    Ranks have mean 0 and variance 1 over the known pairs. A move without a score has the rank that it would have among the moves with one
    (among all of the column where there are none): scores that are shifted must meet moves. The rest is 0.
    """
    said, came = np.zeros_like(score), np.zeros_like(score)
    varying = 0
    for column in range(score.shape[1]):
        there, moved = known[:, column], np.isfinite(moves[:, column])
        ranks = _standardised_ranks(score[there, column], moves[there, column]) if there.sum() >= FEWEST else None
        if ranks is not None:
            said[there, column] = ranks[0]
            varying += off_its_commonest(score[there, column])
        if ranks is not None or not there.any():
            came[moved, column] = _places(moves[there if there.any() else moved, column], moves[moved, column])
    return said, came, varying


def _places(among: Floats, values: Floats) -> Floats:
    """The ranks of values among others, standardised as those of the others are; 0 where they do not vary."""
    ordered = np.sort(among)

    def place(of: Floats) -> Floats:
        return (np.searchsorted(ordered, of, "left") + np.searchsorted(ordered, of, "right") - len(ordered)) / 2

    spread = place(among).std() if len(among) else 0.0
    return place(values) / spread if spread > 0 else np.zeros(len(values))


def _standardised_ranks(x: Floats, y: Floats) -> tuple[Floats, Floats] | None:
    """Both sides' ranks at mean 0 and variance 1."""
    if len(x) < 2:
        return None
    u, v = (mean_ranks(side) - (len(x) + 1) / 2 for side in (x, y))
    spreads = u.std(), v.std()
    return None if min(spreads) == 0 else (u / spreads[0], v / spreads[1])
