"""Does a verdict predict? Hit rates per verdict and horizon against the base rate.

A hit is an outcome in the verdict's direction. In a rising market a bearish call is wrong more often than not, so a hit
rate is never compared with one half but with the *base rate*: how often the symbol moved that way after any session that has
a verdict. The difference is the **lift**. Each symbol is compared with its own base rate, so that a verdict which merely
picks a symbol gains nothing by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from flowbt.documents import Result, internal, keyed
from flowbt.evaluation.base_rates import mean_known_then
from flowbt.evaluation.effects import effect_where
from flowbt.evaluation.inference import FEWEST, Bools, Floats, wilson_interval
from flowbt.evaluation.inference.circular_shift import Association
from flowbt.evaluation.panel import Panel, above_universe
from flowbt.signals import VERDICT_NAMES

VERDICTS: Final = {name: code for code, name in VERDICT_NAMES.items()}


@dataclass(frozen=True)
class VerdictCell(Result):
    """One verdict at one horizon. A neutral verdict has no direction, and so returns but no hit rate.

    Attributes:
        n: verdicts whose outcome is known; all else is None where n is 0.
        effective_n: independent verdicts that would determine the lift as precisely.
        hit_rate: share whose return had the sign of the verdict.
        hit_ci: 95% interval of the hit rate, on the effective number (Wilson).
        base_rate: how often the symbols moved that way after any session with a verdict, weighted as the verdicts are.
        lift: hit rate less base rate, as a fraction.
        lift_ci: 95% interval of the lift; None, like all below up to `minimum_detectable`, where the history is too short
            or too uniform for a test.
        t: of the lift.
        p_value: of the lift, two-sided.
        minimum_detectable: the true lift that would be significant four times in five.
        lift_over_expanding: hit rate less the base rate as known on each verdict's day; None for fewer than ten verdicts.
        mean_return: mean return over the horizon, as a fraction.
        mean_excess_return: mean return less the mean of the universe that day (where there is one) and of the symbol.
        mean_excess_ci: its 95% interval; None, like the two below, where it cannot be tested.
        return_p_value: of the mean excess return, two-sided.
        return_minimum_detectable: the true mean excess return that would be significant four times in five.
    """

    n: int
    effective_n: float | None = None
    hit_rate: float | None = None
    hit_ci: tuple[float, float] | None = None
    base_rate: float | None = None
    lift: float | None = None
    lift_ci: tuple[float, float] | None = None
    t: float | None = None
    p_value: float | None = None
    minimum_detectable: float | None = None
    lift_over_expanding: float | None = None
    mean_return: float | None = None
    mean_excess_return: float | None = None
    mean_excess_ci: tuple[float, float] | None = None
    return_p_value: float | None = None
    return_minimum_detectable: float | None = None


@dataclass(frozen=True, kw_only=True)
class HorizonVerdicts(Result):
    """All verdicts at one horizon, and the tests behind their lifts.

    Attributes:
        horizon: in sessions.
        sessions: symbol-days with a verdict and a known outcome.
        base_rate_up: share of them followed by a rise; None where there are none.
        no_move_share: share of them followed by no move; None likewise.
        cells: each verdict's results by its name: bearish, neutral, bullish.
        lifts: the tests of the lifts by verdict, as far as they can be tested.
    """

    horizon: int
    sessions: int
    base_rate_up: float | None
    no_move_share: float | None
    cells: Mapping[str, VerdictCell] = keyed("verdicts")
    lifts: Mapping[str, Association] = internal()


def evaluate_verdicts(panel: Panel, horizon: int) -> HorizonVerdicts:
    """Hit rate, base rate, lift and mean return of each verdict over the sessions that follow the entry."""
    moves = panel.following(horizon)
    known = np.isfinite(panel.verdict) & np.isfinite(moves)
    count = int(known.sum())
    cells: dict[str, VerdictCell] = {}
    lifts: dict[str, Association] = {}
    for name, side in VERDICTS.items():
        cells[name], lift = _cell(panel, moves, known, side, horizon)
        if lift is not None:
            lifts[name] = lift
    return HorizonVerdicts(
        horizon=horizon,
        sessions=count,
        base_rate_up=float((moves[known] > 0).mean()) if count else None,
        no_move_share=float((moves[known] == 0).mean()) if count else None,
        cells=cells,
        lifts=lifts,
    )


def _cell(panel: Panel, moves: Floats, known: Bools, side: int, horizon: int) -> tuple[VerdictCell, Association | None]:
    chosen = known & (panel.verdict == side)
    n = int(chosen.sum())
    if n == 0:
        return VerdictCell(n=0), None
    excess = above_universe(np.where(known, moves, np.nan))
    above = effect_where(chosen, known, excess, horizon)
    common: dict[str, Any] = {
        "n": n,
        "mean_return": float(moves[chosen].mean()),
        "mean_excess_return": float(_above_own(excess, known)[chosen].mean()),
        "mean_excess_ci": above.interval if above else None,
        "return_p_value": above.p_value if above else None,
        "return_minimum_detectable": above.minimum_detectable if above else None,
    }
    if side == 0:
        return VerdictCell(**common), None
    hits = np.where(known, np.sign(moves) == side, np.nan)
    lift = float(_above_own(hits, known)[chosen].mean())
    hit_rate = float(hits[chosen].mean())
    tested = effect_where(chosen, known, hits, horizon)
    effective = _effective(n, hit_rate - lift, tested, horizon)
    expected = mean_known_then(hits, horizon, panel.outcomes)
    judged = chosen & np.isfinite(expected)
    cell = VerdictCell(
        **common,
        effective_n=effective,
        hit_rate=hit_rate,
        hit_ci=wilson_interval(hit_rate * effective, effective),
        base_rate=hit_rate - lift,
        lift=lift,
        lift_ci=_possible(tested.interval, hit_rate - lift) if tested else None,
        t=tested.t if tested else None,
        p_value=tested.p_value if tested else None,
        minimum_detectable=tested.minimum_detectable if tested else None,
        lift_over_expanding=float((hits - expected)[judged].mean()) if judged.sum() >= FEWEST else None,
    )
    return cell, tested


def _possible(interval: tuple[float, float], base_rate: float) -> tuple[float, float]:
    """The part of a lift's interval that leaves the hit rate between 0 and 1."""
    return max(interval[0], -base_rate), min(interval[1], 1 - base_rate)


def _above_own(values: Floats, known: Bools) -> Floats:
    """Each value above its symbol's own mean."""
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    above: Floats = values - mean
    return above


def _effective(n: int, base_rate: float, tested: Association | None, horizon: int) -> float:
    """How many independent verdicts would determine the lift as precisely; at most as many as there are."""
    if tested is None:
        return max(n / horizon, 1.0)
    independent = base_rate * (1 - base_rate)
    return float(min(max(independent / tested.standard_error**2, 1.0), n))
