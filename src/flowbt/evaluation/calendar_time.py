"""The verdicts as a portfolio in calendar time: one return a day, none of which overlaps another.

Each directional verdict is held for H sessions with 1/H of its symbol's share, all symbols sharing alike, entered where the
evaluation enters; a day's return is then known by the next day's entry price. Costs are not counted: that is a
backtest's. Its own mean is judged with long-run errors. What it made beyond its average position (`timing`) is
judged by shifts, since a portfolio that is mostly long earns in a rising market without any skill.
"""

import math
from dataclasses import dataclass

import numpy as np

from flowbt.conventions import SESSIONS_PER_YEAR
from flowbt.documents import Result
from flowbt.evaluation.effects import effect
from flowbt.evaluation.inference import DETECTABLE, Floats, estimate_mean
from flowbt.evaluation.panel import Panel


@dataclass(frozen=True)
class Timing(Result):
    """What of the portfolio's return is timing: beyond what holding its average position every day would have made.

    Attributes:
        mean_daily: as a fraction a day; None, like the two below, where the position never changes or there is too little.
        ci: its 95% interval.
        p_value: two-sided, by circular shifts.
    """

    mean_daily: float | None
    ci: tuple[float, float] | None
    p_value: float | None


@dataclass(frozen=True)
class CalendarTime(Result):
    """The verdicts as one daily portfolio.

    Attributes:
        horizon: sessions for which a verdict is held.
        days: sessions with prices.
        mean_daily: mean return of a day as a fraction, without costs, invested or not; None without days.
        ci: its 95% interval with long-run errors; None, like the three below, where nothing varies or there is too little.
        t: mean over its standard error.
        p_value: two-sided.
        minimum_detectable: the true mean that would be significant four times in five.
        sharpe: mean over standard deviation of daily returns, annualised; None where nothing varies.
        timing: what of it is timing.
    """

    horizon: int
    days: int
    mean_daily: float | None
    ci: tuple[float, float] | None
    t: float | None
    p_value: float | None
    minimum_detectable: float | None
    sharpe: float | None
    timing: Timing


def position(panel: Panel, horizon: int) -> Floats:
    """What is held of each symbol, in shares of its capital: the mean of its last H verdicts, 0 where there was none."""
    return panel.by_session(panel.verdict, lambda verdict: _mean_of_last(verdict, horizon))


def _mean_of_last(verdict: Floats, horizon: int) -> Floats:
    total = np.cumsum(np.nan_to_num(verdict), axis=0)
    total[horizon:] -= total[:-horizon].copy()
    return total / horizon


def daily_returns(panel: Panel, horizon: int) -> Floats:
    """The portfolio's return after each session; NaN on the last, and where no symbol has a price."""
    moves = panel.between(0, 1)
    known = np.isfinite(moves)
    count = known.sum(axis=1)
    made = np.where(known, position(panel, horizon) * np.where(known, moves, 0.0), 0.0).sum(axis=1)
    return np.where(count > 0, made / np.maximum(count, 1), np.nan)


def calendar_time(panel: Panel, horizon: int) -> CalendarTime:
    """Mean daily return of the portfolio, whether it differs from zero, and what of it is timing."""
    daily = daily_returns(panel, horizon)
    daily = daily[np.isfinite(daily)]
    weights = position(panel, horizon)
    mean = estimate_mean(daily) if np.any(daily) else None
    moves = panel.between(0, 1)
    known = np.isfinite(moves)
    symbols = np.maximum(known.sum(axis=1, keepdims=True), 1)
    timing = effect(np.where(known, weights / symbols, np.nan), moves, 1, unit=max(len(daily), 1))
    deviation = float(daily.std(ddof=1)) if len(daily) > 1 else 0.0
    return CalendarTime(
        horizon=horizon,
        days=len(daily),
        mean_daily=float(daily.mean()) if len(daily) else None,
        ci=mean.interval if mean else None,
        t=mean.t if mean else None,
        p_value=mean.p_value if mean else None,
        minimum_detectable=DETECTABLE * mean.standard_error if mean else None,
        sharpe=float(daily.mean()) / deviation * math.sqrt(SESSIONS_PER_YEAR) if deviation > 0 else None,
        timing=Timing(
            mean_daily=timing.value if timing else None,
            ci=timing.interval if timing else None,
            p_value=timing.p_value if timing else None,
        ),
    )
