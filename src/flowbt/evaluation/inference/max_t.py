"""Which of many cells are more than luck: the largest of many t statistics, judged by the largest that luck brings.

Romano & Wolf (2005), "Stepwise multiple testing as formalized data snooping", Econometrica 73: the cells are taken from
the strongest down, and each is judged by the largest statistic, draw by draw, among itself and all weaker ones. The chance
of even one false find is held, and cells that move together cost little, as they seldom are large apart.

How the draws under the null are made is another matter: `bootstrap` resamples daily series, `association` shifts signals
against outcomes.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowbt.evaluation.inference.hac import Floats

Side = Literal["two", "greater"]
"""Whether cells far below zero count as much as those far above."""


@dataclass(frozen=True)
class MaxT:
    """What many cells are worth together.

    Attributes:
        t: the studentised statistic of each cell; NaN where a cell was left out.
        p_value: adjusted for all cells; NaN where a cell was left out.
        best: the strongest cell; None where all were left out.
        best_p_value: of that cell, None likewise.
        survivors: the cells whose adjusted p-value is at most the level, strongest first.
        left_out: the cells of which nothing can be said: not a number, or hardly ever varying.
        draws: under the null; the smallest p-value is 1 / (1 + draws).
    """

    t: Floats
    p_value: Floats
    best: int | None
    best_p_value: float | None
    survivors: tuple[int, ...]
    left_out: tuple[int, ...]
    draws: int


def step_down(t: Floats, null: Floats, side: Side = "two", level: float = 0.05) -> MaxT:
    """The cells judged together, by step-down.

    Args:
        t: one studentised statistic per cell; NaN leaves the cell out.
        null: the statistics as luck has them, draws down and cells across; of a cell left out they are not looked at.
        side: `two` for |t|, `greater` for t.
        level: of the survivors; the chance that even one cell without an effect is among them.

    A p-value is (1 + draws at least as large) / (1 + draws), which is never zero (Davison & Hinkley 1997, 4.2).
    """
    kept = np.flatnonzero(np.isfinite(t))
    strength = np.abs(t) if side == "two" else t
    order = kept[np.argsort(-strength[kept], kind="stable")]
    luck = np.abs(null[:, order]) if side == "two" else null[:, order]
    largest = np.maximum.accumulate(luck[:, ::-1], axis=1)[:, ::-1]
    reached = (largest >= strength[order]).sum(axis=0)
    adjusted = np.maximum.accumulate((1 + reached) / (1 + len(null)))
    p_value = np.full(len(t), np.nan)
    p_value[order] = adjusted
    return MaxT(
        t=t,
        p_value=p_value,
        best=int(order[0]) if len(order) else None,
        best_p_value=float(adjusted[0]) if len(order) else None,
        survivors=tuple(order[adjusted <= level].tolist()),
        left_out=tuple(np.flatnonzero(~np.isfinite(t)).tolist()),
        draws=len(null),
    )
