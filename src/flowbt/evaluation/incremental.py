"""What a signal adds to what is known without it: regressions of the return with and without the usual controls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np

from flowbt.calendar import monthly_expiry
from flowbt.documents import Result
from flowbt.evaluation.inference import FEWEST, Bools, Floats, Integers
from flowbt.evaluation.inference.circular_shift import association
from flowbt.evaluation.inference.ranks import off_its_commonest
from flowbt.evaluation.inference.regression import least_squares
from flowbt.evaluation.information_coefficient import score_of
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.trailing import past_return, realised_volatility
from flowbt.exchanges import DEFAULT_EXCHANGE

WEEKDAYS: Final = ("tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKEND: Final = 5


@dataclass(frozen=True)
class Incremental(Result):
    """Regression of the return on the signal, alone and with controls.

    Attributes:
        horizon: in sessions.
        n: symbol-days used.
        coefficient_alone: return per unit of the signal, as a fraction; None, like all up to `p_value`, where it cannot be tested.
        p_value_alone: two-sided.
        coefficient: the same with the controls in the regression.
        ci: its 95% interval.
        p_value: two-sided.
        r2_controls: R squared of the controls; None where undefined.
        r2_with_signal: R squared of controls and signal.
        controls: names of those used.
        unit: one standard deviation of the "score", or one step of the "verdict" (neutral to bullish).
    """

    horizon: int
    n: int
    coefficient_alone: float | None
    p_value_alone: float | None
    coefficient: float | None
    ci: tuple[float, float] | None
    p_value: float | None
    r2_controls: float | None
    r2_with_signal: float | None
    controls: tuple[str, ...]
    unit: Literal["score", "verdict"]


def controls_of(
    panel: Panel, extra: Mapping[str, Floats], exchanges: Mapping[str, str] | None = None
) -> dict[str, Floats]:
    """What is known of each session by its close, matrices like the panel's.

    Momentum over 1, 5 and 20 sessions, realised volatility over 20, `extra` (as `iv_30d`, the implied volatility at the
    money), the day of the week against Monday (of a weekend where there are sessions on it), and the week of the monthly
    expiry on the symbol's exchange (New York where `exchanges` does not name it).
    """
    weekday = np.array([day.weekday() for day in panel.dates])
    listed = [(exchanges or {}).get(symbol, DEFAULT_EXCHANGE) for symbol in panel.symbols]
    weeks = {exchange: [_week_of_expiry(day, exchange) for day in panel.dates] for exchange in dict.fromkeys(listed)}
    expiry = np.array([weeks[exchange] for exchange in listed], np.float64).reshape(len(listed), len(weekday)).T

    def every_symbol(values: Floats) -> Floats:
        return np.repeat(values[:, None], len(panel.symbols), axis=1)

    return {
        **{f"momentum_{count}": past_return(panel, count) for count in (1, 5, 20)},
        "realised_volatility_20": realised_volatility(panel, 20),
        **extra,
        **{
            name: every_symbol((weekday == day).astype(np.float64))
            for day, name in enumerate(WEEKDAYS, 1)
            if day < WEEKEND or (weekday == day).any()
        },
        "expiry_week": expiry,
    }


def incremental(panel: Panel, horizon: int, controls: Mapping[str, Floats]) -> Incremental:
    """The return above the symbol's own mean on the score (the verdict, where there are no scores), alone and with controls.

    Both on the same symbol-days. All columns are taken above the symbol's own mean. A control that fewer than half of the
    symbol-days have is left out, rather than the days, and so is one that others make up. The coefficient beside controls is that of what
    they leave of the signal on what they leave of the return (Frisch & Waugh 1933), judged by shifts of the one against the other.
    """
    signal, moves = score_of(panel), panel.following(horizon)
    usable = np.isfinite(signal) & np.isfinite(moves)
    names = [name for name, values in controls.items() if 2 * (np.isfinite(values) & usable).sum() >= usable.sum() > 0]
    rows = usable & np.logical_and.reduce([np.isfinite(controls[name]) for name in names], axis=0, initial=True)
    day, symbol = np.nonzero(rows)
    y, x, *known = (
        _above_own_mean(values[rows], symbol) for values in (moves, signal, *(controls[name] for name in names))
    )
    unit: Literal["score", "verdict"] = "verdict" if signal is panel.verdict else "score"
    if unit == "score" and len(x) and x.std() > 0:
        x = x / x.std()
    beside = np.column_stack(known) if names else np.empty((len(y), 0))
    without, together = (
        least_squares(y, columns, day, len(panel.dates)) for columns in (beside, np.column_stack([beside, x]))
    )
    by_itself = added = None
    if len(np.unique(day)) >= len(names) + 2 * FEWEST and off_its_commonest(signal[rows]) >= FEWEST:
        # outcomes of days without a signal, too: a signal that is shifted must meet outcomes
        every = np.isfinite(moves) & np.logical_and.reduce(
            [np.isfinite(controls[name]) for name in names], axis=0, initial=True
        )
        every &= rows.any(axis=0)
        used = np.flatnonzero(rows.any(axis=1))
        span = slice(int(used[0]), int(used[-1]) + 1)
        outcome = _above_mean_of(moves, rows, every)
        by_itself = association(_matrix(x, rows)[span], outcome[span], horizon, known=every[span])
        if len(names) in together.kept:
            for name, value in zip(names, np.nan_to_num(without.values[1:]), strict=True):
                outcome = outcome - value * _above_mean_of(controls[name], rows, every)
            left = together.weights[:, -1] / (together.weights[:, -1] ** 2).sum()
            added = association(
                _matrix(left, rows)[span], outcome[span], horizon, known=every[span], controls=len(without.kept)
            )
    return Incremental(
        horizon=horizon,
        n=len(y),
        coefficient_alone=by_itself.value if by_itself else None,
        p_value_alone=by_itself.p_value if by_itself else None,
        coefficient=added.value if added else None,
        ci=added.interval if added else None,
        p_value=added.p_value if added else None,
        r2_controls=_known(without.r_squared),
        r2_with_signal=_known(together.r_squared),
        controls=tuple(name for place, name in enumerate(names) if place in without.kept),
        unit=unit,
    )


def _matrix(values: Floats, rows: Bools) -> Floats:
    placed = np.zeros(rows.shape)
    placed[rows] = values
    return placed


def _above_mean_of(values: Floats, rows: Bools, every: Bools) -> Floats:
    """The values of `every` day above their symbol's mean over `rows`; 0 on other days."""
    mean = np.where(rows, values, 0.0).sum(axis=0) / np.maximum(rows.sum(axis=0), 1)
    return np.where(every, values - mean, 0.0)


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _above_own_mean(values: Floats, symbol: Integers) -> Floats:
    counts = np.bincount(symbol)
    return values - (np.bincount(symbol, values) / np.maximum(counts, 1))[symbol]


def _week_of_expiry(day: date, exchange: str) -> bool:
    expiry = monthly_expiry(day.year, day.month, exchange)
    return day - timedelta(days=day.weekday()) == expiry - timedelta(days=expiry.weekday())
