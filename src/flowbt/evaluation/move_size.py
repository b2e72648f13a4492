"""Does a verdict predict how far the price will move, whichever way?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.effects import effect_where
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.verdicts import VERDICTS

SizeOutcome = Literal["next_range", "absolute_return"]


@dataclass(frozen=True)
class MoveSize(Result):
    """How large moves were after one verdict, by one measure of size.

    Attributes:
        outcome: `next_range` (log of high over low of the next session) or `absolute_return` (over one session).
        verdict: bearish, neutral or bullish.
        n: verdicts with a known outcome.
        mean: of the outcome after the verdict; None where n is 0.
        excess: mean less the symbol's own mean; None, like the two below, where it cannot be tested.
        ci: its 95% interval.
        p_value: two-sided.
    """

    outcome: SizeOutcome
    verdict: str
    n: int
    mean: float | None
    excess: float | None
    ci: tuple[float, float] | None
    p_value: float | None


def move_sizes(panel: Panel) -> tuple[MoveSize, ...]:
    """The next session's range and absolute return after each verdict, against the symbol's own mean."""
    rows = []
    outcomes: dict[SizeOutcome, Floats] = {
        "next_range": panel.next_range(),
        "absolute_return": np.abs(panel.between(0, 1)),
    }
    for outcome, values in outcomes.items():
        known = np.isfinite(panel.verdict) & np.isfinite(values)
        for name, side in VERDICTS.items():
            chosen = known & (panel.verdict == side)
            estimate = effect_where(chosen, known, values, 1)
            rows.append(
                MoveSize(
                    outcome=outcome,
                    verdict=name,
                    n=int(chosen.sum()),
                    mean=float(values[chosen].mean()) if chosen.any() else None,
                    excess=estimate.value if estimate else None,
                    ci=estimate.interval if estimate else None,
                    p_value=estimate.p_value if estimate else None,
                )
            )
    return tuple(rows)
