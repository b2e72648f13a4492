"""The hit rate of the latest verdicts beside the base rate as it was known: did it work throughout?"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.base_rates import mean_known_then
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.panel import Panel

WINDOW: Final = 63
"""Sessions: a quarter."""
LEAST_VERDICTS: Final = 5


@dataclass(frozen=True)
class RollingPoint(Result):
    """The directional verdicts of the sessions up to a date.

    Attributes:
        date: the last session of the window.
        n: directional verdicts in it whose base rate was known.
        hit_rate: share of them that came true.
        base_rate: share expected to, by the base rates known on their days.
    """

    date: date
    n: int
    hit_rate: float
    base_rate: float


@dataclass(frozen=True)
class Rolling(Result):
    """Hit rate and base rate over a rolling window.

    Attributes:
        horizon: in sessions.
        window: in sessions.
        points: by date; dates with too few verdicts in the window are left out.
    """

    horizon: int
    window: int
    points: tuple[RollingPoint, ...]


def rolling(panel: Panel, horizon: int) -> Rolling:
    """Hit rate and expected hit rate of the directional verdicts of the last `WINDOW` sessions.

    The base rate of a verdict is the share of earlier moves of its symbol in its direction, as known on its day; a day is left
    out where fewer than `LEAST_VERDICTS` have one.
    """
    moves = panel.following(horizon)
    expected = np.full_like(moves, np.nan)
    hits = np.full_like(moves, np.nan)
    for side in (-1, 1):
        right = np.where(np.isfinite(moves), np.sign(moves) == side, np.nan)
        chosen = panel.verdict == side
        base = mean_known_then(right, horizon, panel.outcomes)
        hits = np.where(chosen, right, hits)
        expected = np.where(chosen, base, expected)
    judged = np.isfinite(hits) & np.isfinite(expected)
    sums = [np.cumsum(np.where(judged, values, 0.0).sum(axis=1)) for values in (np.ones_like(hits), hits, expected)]
    count, right_sum, base_sum = (_windowed(total) for total in sums)
    points = tuple(
        RollingPoint(day, int(n), float(right / n), float(base / n))
        for day, n, right, base in zip(panel.dates, count, right_sum, base_sum, strict=True)
        if n >= LEAST_VERDICTS
    )
    return Rolling(horizon, WINDOW, points)


def _windowed(total: Floats) -> Floats:
    """Sums over the last `WINDOW` rows, from cumulative sums."""
    earlier = np.zeros_like(total)
    earlier[WINDOW:] = total[: max(len(total) - WINDOW, 0)]
    return total - earlier
