"""The hit rate of the latest verdicts beside the base rate as it was known: was there ever a time when it worked?"""

from typing import Any

import numpy as np

from flowbt.evaluation.base_rates import mean_known_then
from flowbt.evaluation.panel import Panel

WINDOW = 63
LEAST_VERDICTS = 5


def rolling(panel: Panel, horizon: int) -> dict[str, Any]:
    """Directional verdicts of the last `WINDOW` sessions: how many, how often right, and how often expected to be right.

    The base rate of a verdict is the share of earlier moves of its symbol in its direction, known on its day; a day is left out where
    there are fewer than `LEAST_VERDICTS` that have one.
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
    points = [
        {"date": day, "n": int(n), "hit_rate": float(right / n), "base_rate": float(base / n)}
        for day, n, right, base in zip(panel.dates, count, right_sum, base_sum, strict=True)
        if n >= LEAST_VERDICTS
    ]
    return {"horizon": horizon, "window": WINDOW, "points": points}


def _windowed(total: Any) -> Any:
    late = np.zeros_like(total)
    late[WINDOW:] = total[: max(len(total) - WINDOW, 0)]
    return total - late
