"""The verdicts as a portfolio in calendar time: one return a day, none of which overlaps another.

Each directional verdict is held for H sessions with 1/H of its symbol's share, all symbols sharing alike, entered where the
evaluation enters; a day's return is then known by the next day's entry price. Costs are not counted: that is a
backtest's. Its own mean is judged with long-run errors. What it made beyond its average position (`timing`) is
judged by shifts, since a portfolio that is mostly long earns in a rising market without any skill.
"""

import math
from typing import Any

import numpy as np

from flowbt.evaluation.effects import effect
from flowbt.evaluation.inference import DETECTABLE, Floats, estimate_mean
from flowbt.evaluation.panel import Panel

SESSIONS_PER_YEAR = 252


def position(panel: Panel, horizon: int) -> Floats:
    """What is held of each symbol, in shares of its capital: the mean of its last H verdicts, 0 where there was none."""
    return panel.by_session(panel.verdict, lambda verdict: _mean_of_last(verdict, horizon))


def _mean_of_last(verdict: Floats, horizon: int) -> Floats:
    said = np.nan_to_num(verdict)
    held = np.cumsum(said, axis=0)
    held[horizon:] -= held[:-horizon].copy()
    return held / horizon


def daily_returns(panel: Panel, horizon: int) -> Floats:
    """The portfolio's return after each session; NaN on the last, and where no symbol has a price."""
    moves = panel.between(0, 1)
    known = np.isfinite(moves)
    count = known.sum(axis=1)
    made = np.where(known, position(panel, horizon) * np.where(known, moves, 0.0), 0.0).sum(axis=1)
    return np.where(count > 0, made / np.maximum(count, 1), np.nan)


def calendar_time(panel: Panel, horizon: int) -> dict[str, Any]:
    """Mean daily return of the portfolio, whether it differs from nothing, and what of it is timing."""
    daily = daily_returns(panel, horizon)
    daily = daily[np.isfinite(daily)]
    held = position(panel, horizon)
    found = estimate_mean(daily) if np.any(daily) else None
    moves = panel.between(0, 1)
    known = np.isfinite(moves)
    symbols = np.maximum(known.sum(axis=1, keepdims=True), 1)
    timing = effect(np.where(known, held / symbols, np.nan), moves, 1, unit=max(len(daily), 1))
    deviation = float(daily.std(ddof=1)) if len(daily) > 1 else 0.0
    return {
        "horizon": horizon,
        "days": len(daily),
        "mean_daily": float(daily.mean()) if len(daily) else None,
        "ci": found.interval if found else None,
        "t": found.t if found else None,
        "p_value": found.p_value if found else None,
        "minimum_detectable": DETECTABLE * found.standard_error if found else None,
        "sharpe": float(daily.mean()) / deviation * math.sqrt(SESSIONS_PER_YEAR) if deviation > 0 else None,
        "timing": {
            "mean_daily": timing.value if timing else None,
            "ci": timing.interval if timing else None,
            "p_value": timing.p_value if timing else None,
        },
    }
