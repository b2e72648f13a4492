"""Many thresholds at many horizons at once: what each would have earned, day by day.

A score at or above the upper threshold is taken for bullish, one at or below the lower for bearish. Every observation is
put once into the gap between thresholds it lies in; sums over the gaps beyond a threshold are what the threshold
selects. So 500 thresholds cost hardly more than one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from flowbt.evaluation.effects import centred
from flowbt.evaluation.inference import FEWEST, Bools, Floats, Integers, estimate_from_influence
from flowbt.evaluation.panel import above_universe


@dataclass(frozen=True)
class Grid:
    """One cell per horizon and threshold.

    Attributes:
        horizons: in sessions.
        thresholds: the lower and the upper of each pair.
        n: symbol-days selected whose outcome is known, horizons down and thresholds across.
        signed_excess: mean of verdict times return above the day's universe and the symbol's own mean; NaN where n is 0.
        lift: share of calls that were right, above the symbols' own base rates; NaN likewise.
        t: of the signed excess, with the errors of dependent dates; NaN where it cannot be said.
        daily: sessions down, cells across (all thresholds of the first horizon first): what each date adds to the signed excess,
            its error included, so that a column's sum is the cell's signed excess and its variation the cell's error:
            what `max_t` judges.
    """

    horizons: tuple[int, ...]
    thresholds: Floats
    n: Integers
    signed_excess: Floats
    lift: Floats
    t: Floats
    daily: Floats


def evaluate_grid(scores: Floats, thresholds: Floats, outcomes: Mapping[int, Floats]) -> Grid:
    """Every pair of thresholds at every horizon.

    Args:
        scores: sessions down, symbols across; NaN where there is none.
        thresholds: pairs of a lower and an upper threshold, one below the other; or single numbers above 0, for the pair of
            the number's negative and itself.
        outcomes: by horizon, the returns that followed, of the shape of `scores`; NaN where unknown.

    Raises:
        ValueError: for a lower threshold that is not below its upper one.
    """
    pairs = thresholds if thresholds.ndim == 2 else np.stack([-thresholds, thresholds], axis=1)
    if not (pairs[:, 0] < pairs[:, 1]).all():
        raise ValueError("a lower threshold must be below its upper one")
    rows = [_horizon(scores, pairs, horizon, moves) for horizon, moves in outcomes.items()]
    daily = np.concatenate([row.daily for row in rows]) if rows else np.zeros((0, len(scores)))
    n, signed, lift, t = (
        np.array([getattr(row, name) for row in rows]).reshape(len(rows), len(pairs))
        for name in ("n", "signed_excess", "lift", "t")
    )
    return Grid(tuple(outcomes), pairs, n.astype(np.int64), signed, lift, t, daily.T)


class _Row(NamedTuple):
    """All thresholds at one horizon; `daily` has thresholds down and sessions across."""

    n: Integers
    signed_excess: Floats
    lift: Floats
    t: Floats
    daily: Floats


def _horizon(scores: Floats, pairs: Floats, horizon: int, moves: Floats) -> _Row:
    known = np.isfinite(scores) & np.isfinite(moves)
    bearish, bullish = _Gaps(scores, pairs[:, 0], -1, known), _Gaps(scores, pairs[:, 1], 1, known)
    count = bearish.counts + bullish.counts
    n = count.sum(axis=0).astype(np.int64)
    some = np.maximum(n, 1)
    wrong, right = (centred(np.where(known, np.sign(moves) == side, np.nan)) for side in (-1, 1))
    lift = (bearish.sums(wrong) + bullish.sums(right)).sum(axis=0) / some
    above = centred(np.where(known, above_universe(moves), np.nan))
    gained = bullish.sums(above) - bearish.sums(above)
    mean = gained.sum(axis=0) / some
    # a symbol's own mean moves with each of its days, by as much as the symbol leans one way
    leaning = (bullish.per_symbol() - bearish.per_symbol()) / np.maximum(known.sum(axis=0), 1)[:, None]
    influence = np.ascontiguousarray(((gained - count * mean - above @ leaning) / some).T)
    t = np.full(len(pairs), np.nan)
    for cell in np.flatnonzero(n >= FEWEST):
        estimate = estimate_from_influence(float(mean[cell]), influence[cell], horizon)
        t[cell] = estimate.t if estimate else np.nan
    daily = influence + (mean / max(len(scores), 1))[:, None]
    signed, lift = (np.where(n > 0, value, np.nan) for value in (mean, lift))
    return _Row(n, signed, lift, t, daily)


class _Gaps:
    """Where each known score lies among the thresholds of one side, and sums beyond each threshold."""

    def __init__(self, scores: Floats, levels: Floats, side: int, known: Bools) -> None:
        ascending, self._place = np.unique(side * levels, return_inverse=True)
        self._width = len(ascending) + 1
        self._known = known
        self._shape = scores.shape
        # how many thresholds a score reaches
        self._gap = np.searchsorted(ascending, side * scores, side="right")
        self.counts = self.sums(np.ones_like(scores))

    def sums(self, values: Floats) -> Floats:
        """Per session and threshold: sum of the values whose score reaches it."""
        return self._beyond(np.arange(self._shape[0])[:, None], self._shape[0], values)

    def per_symbol(self) -> Floats:
        """Per symbol and threshold: how many scores reach it."""
        return self._beyond(np.arange(self._shape[1])[None, :], self._shape[1], np.ones(self._shape))

    def _beyond(self, rows: Integers, count: int, values: Floats) -> Floats:
        at = (rows * self._width + self._gap)[self._known]
        gaps = np.bincount(at, values[self._known], count * self._width).reshape(count, self._width)
        reached = np.cumsum(gaps[:, :0:-1], axis=1)[:, ::-1]
        return np.asarray(reached[:, self._place], np.float64)
