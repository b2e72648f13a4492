"""Does a verdict predict? Hit rates per verdict and horizon against the base rate.

A hit is an outcome in the verdict's direction. In a rising market a bearish call is wrong more often than not, so a hit
rate is never compared with one half but with the *base rate*: how often the symbol moved that way after any session that has
a verdict. The difference is the **lift**. Each symbol is compared with its own base rate, so that a verdict which merely
picks a symbol gains nothing by it.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from flowbt.evaluation.base_rates import mean_known_then
from flowbt.evaluation.effects import effect_where
from flowbt.evaluation.inference import FEWEST, Bools, Floats, wilson_interval
from flowbt.evaluation.inference.circular_shift import Association, family_p_values
from flowbt.evaluation.inference.multiple import benjamini_hochberg
from flowbt.evaluation.panel import Panel, above_universe

VERDICTS = {"bearish": -1, "neutral": 0, "bullish": 1}
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Cell:
    """One verdict at one horizon; None where it cannot be said. A neutral verdict has no direction and no hit rate."""

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


@dataclass(frozen=True)
class HorizonVerdicts:
    """All verdicts at one horizon, and the tests behind their lifts."""

    horizon: int
    sessions: int
    base_rate_up: float | None
    no_move_share: float | None
    cells: dict[str, Cell]
    lifts: dict[str, Association]

    def document(self) -> dict[str, Any]:
        """As in interface.md."""
        return {
            "horizon": self.horizon,
            "sessions": self.sessions,
            "base_rate_up": self.base_rate_up,
            "no_move_share": self.no_move_share,
            "verdicts": {name: asdict(cell) for name, cell in self.cells.items()},
        }


def evaluate_verdicts(panel: Panel, horizon: int) -> HorizonVerdicts:
    """Hit rate, base rate, lift and mean return of each verdict over the sessions that follow the entry."""
    moves = panel.following(horizon)
    known = np.isfinite(panel.verdict) & np.isfinite(moves)
    count = int(known.sum())
    cells: dict[str, Cell] = {}
    lifts: dict[str, Association] = {}
    for name, side in VERDICTS.items():
        cells[name], lift = _cell(panel, moves, known, side, horizon)
        if lift is not None:
            lifts[name] = lift
    return HorizonVerdicts(
        horizon,
        count,
        float((moves[known] > 0).mean()) if count else None,
        float((moves[known] == 0).mean()) if count else None,
        cells,
        lifts,
    )


def family(found: list[HorizonVerdicts]) -> dict[str, Any]:
    """What the best of all lifts is worth, given that so many were looked at.

    Returns:
        `tests`, `smallest_p_value`, `max_t_p_value` (for the largest |t|), `survivors` (the lifts beyond luck at 5% in the family,
        with step-down), `benjamini_hochberg` (how many are discoveries at a false discovery rate of 5%).
    """
    named = [(each.horizon, name, lift) for each in found for name, lift in each.lifts.items()]
    p_values = [lift.p_value for _, _, lift in named]
    adjusted = family_p_values([lift for _, _, lift in named])
    return {
        "tests": len(named),
        "smallest_p_value": min(p_values, default=None),
        "max_t_p_value": min(adjusted, default=None),
        "survivors": [
            {"horizon": horizon, "verdict": name}
            for (horizon, name, _), p in zip(named, adjusted, strict=True)
            if p <= SIGNIFICANT
        ],
        "benjamini_hochberg": int((benjamini_hochberg(np.array(p_values)) <= SIGNIFICANT).sum()) if named else 0,
    }


def _cell(panel: Panel, moves: Floats, known: Bools, side: int, horizon: int) -> tuple[Cell, Association | None]:
    chosen = known & (panel.verdict == side)
    n = int(chosen.sum())
    if n == 0:
        return Cell(n=0), None
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
        return Cell(**common), None
    hits = np.where(known, np.sign(moves) == side, np.nan)
    lift = float(_above_own(hits, known)[chosen].mean())
    hit_rate = float(hits[chosen].mean())
    tested = effect_where(chosen, known, hits, horizon)
    effective = _effective(n, hit_rate - lift, tested, horizon)
    expected = mean_known_then(hits, horizon, panel.outcomes)
    judged = chosen & np.isfinite(expected)
    cell = Cell(
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
    """What of an interval a hit rate between 0 and 1 allows."""
    return max(interval[0], -base_rate), min(interval[1], 1 - base_rate)


def _above_own(values: Floats, known: Bools) -> Floats:
    """Each value above its symbol's own mean."""
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    above: Floats = values - mean
    return above


def _effective(n: int, base_rate: float, tested: Association | None, horizon: int) -> float:
    """How many independent verdicts would leave as much doubt about the lift; at most those there are."""
    if tested is None:
        return max(n / horizon, 1.0)
    independent = base_rate * (1 - base_rate)
    return float(min(max(independent / tested.standard_error**2, 1.0), n))
