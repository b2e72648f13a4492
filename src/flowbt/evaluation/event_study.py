"""Where in time an effect lies: over disjoint windows, along the path around the entry, and when one acts later.

All but the path are of the mean return in the verdict's direction above what its average position earns (`signed_effect`).
"""

from typing import Any

import numpy as np

from flowbt.evaluation.effects import effect_where, signed_effect
from flowbt.evaluation.panel import Panel, above_universe
from flowbt.evaluation.verdicts import VERDICTS

DISJOINT = ((0, 1), (1, 2), (2, 3), (3, 5), (5, 10), (10, 20))
"""Sessions after the entry: windows that share no session, so that a late one says nothing twice."""
PATH = (-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20)
LAGS = range(-1, 6)
"""A lag of -1 enters a session before anybody could: an edge that is there and gone at lag 1 is a leak."""


def decay(panel: Panel) -> list[dict[str, Any]]:
    """The effect in each of the disjoint windows."""
    rows = []
    for start, end in DISJOINT:
        found = signed_effect(panel, start, end)
        rows.append(
            {
                "from": start,
                "to": end,
                "signed_excess": found.value if found else None,
                "ci": found.interval if found else None,
                "p_value": found.p_value if found else None,
            }
        )
    return rows


def delay(panel: Panel, horizon: int) -> dict[str, Any]:
    """The effect over `horizon` sessions when one enters later by each of `LAGS` sessions."""
    found = {lag: signed_effect(panel, lag, lag + horizon) for lag in LAGS}
    return {
        "horizon": horizon,
        "lags": [
            {"lag": lag, "signed_excess": each.value if each else None, "ci": each.interval if each else None}
            for lag, each in found.items()
        ],
    }


def path(panel: Panel) -> list[dict[str, Any]]:
    """Mean cumulated return from the entry, above the usual, around the days of each directional verdict."""
    rows = []
    for session in PATH:
        moves = above_universe(panel.between(0, session))
        known = np.isfinite(panel.verdict) & np.isfinite(moves)
        for name in ("bearish", "bullish"):
            chosen = known & (panel.verdict == VERDICTS[name])
            if not chosen.any():
                continue
            found = effect_where(chosen, known, moves, max(abs(session), 1)) if session else None
            low, high = found.interval if found else (None, None)
            mean = found.value if found else 0.0 if session == 0 else None
            rows.append(
                {"verdict": name, "session": session, "n": int(chosen.sum()), "mean": mean, "low": low, "high": high}
            )
    return rows
