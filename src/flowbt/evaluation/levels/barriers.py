"""Levels that are expected to stop the price, evaluated by the side of the price on which they are, over each horizon."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.touch_outcomes import distances
from flowbt.evaluation.levels.touches import TouchMeasure, touch_measures

Side = Literal["above", "below"]
SIDES: Final[dict[Side, int]] = {"above": 1, "below": -1}


@dataclass(frozen=True)
class Touches(Result):
    """One kind of barrier on one side of the price over one horizon.

    Attributes:
        kind: such as `call wall`.
        side: of the price on which the levels are.
        horizon: sessions after the level's day.
        levels: number of levels.
        mean_distance: mean distance from the price, as a fraction of the price.
        mean_sigmas: the same in standard deviations of the move over the horizon; None where no volatility is known.
        measures: touches, holding and drift, of the levels and their placebos.
    """

    kind: str
    side: Side
    horizon: int
    levels: int
    mean_distance: float
    mean_sigmas: float | None
    measures: tuple[TouchMeasure, ...]

    def measure(self, name: str) -> TouchMeasure | None:
        """The measure of this name; None where the horizon has none."""
        return next((each for each in self.measures if each.measure == name), None)

    def has_cases(self) -> bool:
        """Whether any measure has a case."""
        return any(measure.n for measure in self.measures)


def touches(kind: str, placed: Placed, prices: Prices, horizons: Sequence[int]) -> list[Touches]:
    """One row per side of the price and horizon."""
    rows = []
    for side, sign in SIDES.items():
        chosen = placed.of(np.sign(placed.gap) == sign)
        if not len(chosen):
            continue
        distance = distances(chosen, prices)
        known = np.isfinite(distance)
        rows += [
            Touches(
                kind=kind,
                side=side,
                horizon=horizon,
                levels=len(chosen),
                mean_distance=float(np.abs(chosen.gap).mean()),
                mean_sigmas=float(distance[known].mean() / np.sqrt(horizon)) if known.any() else None,
                measures=touch_measures(chosen, prices, sign, horizon),
            )
            for horizon in horizons
        ]
    return rows
