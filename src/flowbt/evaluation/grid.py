"""Many thresholds at many horizons at once: what each would have earned, day by day.

A score at or above the upper threshold is taken for bullish, one at or below the lower for bearish. Every observation is
put once into the gap between thresholds it lies in; sums over the gaps beyond a threshold are what the threshold
selects. So 500 thresholds cost hardly more than one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flowbt.evaluation.inference import FEWEST, Floats, Integers, estimate_from_influence
from flowbt.evaluation.inference.rotation import max_t_of_rotations
from flowbt.evaluation.panel import Panel, above_universe
from flowbt.evaluation.placebo import excess

QUANTILES: Final = np.arange(20) / 20
"""Of |score|: a threshold at each."""


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
    shape = (len(outcomes), len(pairs))
    n, signed, lift, t = np.zeros(shape, np.int64), *(np.full(shape, np.nan) for _ in range(3))
    daily = np.zeros((len(outcomes) * len(pairs), len(scores)))
    for row, (horizon, moves) in enumerate(outcomes.items()):
        known = np.isfinite(scores) & np.isfinite(moves)
        bearish, bullish = _Gaps(scores, pairs[:, 0], -1, known), _Gaps(scores, pairs[:, 1], 1, known)
        count = bearish.counts + bullish.counts
        n[row] = count.sum(axis=0)
        some = np.maximum(n[row], 1)
        wrong, right = (_above_own_mean((np.sign(moves) == side).astype(np.float64), known) for side in (-1, 1))
        hits = bearish.sums(wrong).sum(axis=0) + bullish.sums(right).sum(axis=0)
        lift[row] = np.where(n[row] > 0, hits / some, np.nan)
        above = _above_own_mean(above_universe(np.where(known, moves, np.nan)), known)
        gained = bullish.sums(above) - bearish.sums(above)
        mean = gained.sum(axis=0) / some
        signed[row] = np.where(n[row] > 0, mean, np.nan)
        share = (bullish.per_symbol() - bearish.per_symbol()) / np.maximum(known.sum(axis=0), 1)[:, None]
        influence = np.ascontiguousarray(((gained - count * mean - above @ share) / some).T)
        for cell in np.flatnonzero(n[row] >= FEWEST):
            estimate = estimate_from_influence(float(mean[cell]), influence[cell], horizon)
            t[row, cell] = estimate.t if estimate else np.nan
        daily[row * len(pairs) : (row + 1) * len(pairs)] = influence + (mean / max(len(scores), 1))[:, None]
    return Grid(tuple(outcomes), pairs, n, signed, lift, t, daily.T)


def thresholds(panel: Panel, horizon: int) -> dict[str, Any] | None:
    """What other thresholds of |score| would have given, at quantiles of the whole sample; and what the best of them is worth.

    Such thresholds are chosen in-sample: the p-value of the best is against the best that verdicts unrelated to the
    outcomes would have had (`inference.rotation`).

    Returns:
        `horizon`, `max_t_p_value` and `rows` of `threshold, n, signed_excess, t`; None where no score is known.
    """
    moves = panel.following(horizon)
    size = np.abs(panel.score[np.isfinite(panel.score) & np.isfinite(moves)])
    levels = np.unique(np.quantile(size, QUANTILES)) if len(size) else size
    levels = levels[levels > 0]
    if not len(levels):
        return None
    grid = evaluate_grid(panel.score, levels, {horizon: moves})
    above = excess(np.where(np.isfinite(panel.score), moves, np.nan))
    cells = [((panel.score >= level) - 1.0 * (panel.score <= -level), above) for level in levels]
    return {
        "horizon": horizon,
        "max_t_p_value": max_t_of_rotations(cells).best_p_value,
        "rows": [
            {"threshold": float(level), "n": int(n), "signed_excess": _number(mean), "t": _number(t)}
            for level, n, mean, t in zip(levels, grid.n[0], grid.signed_excess[0], grid.t[0], strict=True)
        ],
    }


class _Gaps:
    """Where each known score lies among the thresholds of one side, and sums beyond each threshold."""

    def __init__(self, scores: Floats, levels: Floats, side: int, known: Floats) -> None:
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


def _above_own_mean(values: Floats, known: Floats) -> Floats:
    """Values above the mean of their symbol's known ones; 0 where unknown."""
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known, values - mean, 0.0)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
