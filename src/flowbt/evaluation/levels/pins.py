"""Levels that are expected to attract the price, evaluated: attraction, share of the gap closed, and reversal afterwards.

Pins with an expiry are judged by sessions to go (`windows.CLASSES`), others over each horizon.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.levels.align import UNDATED, Placed
from flowbt.evaluation.levels.gap_regression import GapRegression, gap_regressions
from flowbt.evaluation.levels.gravity import GravityMeasure, gravity_measures
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.reversal import Reversal, reversals
from flowbt.evaluation.levels.windows import CLASSES, Windows, over, until_expiry


@dataclass(frozen=True)
class Gravity(Result):
    """One kind of pin over one length of window.

    Attributes:
        kind: such as `max pain`.
        by: `expiry` where windows end at the level's expiry, `horizon` where they have a fixed length.
        sessions: length of the windows in sessions, shortest and longest.
        n: number of windows.
        ends: number of different days on which they end.
        mean_gap: mean distance from the price to the level at the start, as a fraction of the price.
        measures: `nearer`, `distance` and `within`, of the level and its placebos.
        pull: share of the gap that was closed, by control variables.
        given_back: move given back afterwards, by sessions.
    """

    kind: str
    by: Literal["expiry", "horizon"]
    sessions: tuple[int, int]
    n: int
    ends: int
    mean_gap: float
    measures: tuple[GravityMeasure, ...]
    pull: tuple[GapRegression, ...]
    given_back: tuple[Reversal, ...]

    def measure(self, name: str) -> GravityMeasure | None:
        """The measure of this name."""
        return next((each for each in self.measures if each.measure == name), None)


def gravity(kind: str, placed: Placed, prices: Prices, horizons: Sequence[int]) -> list[Gravity]:
    """One row per class of sessions to go, and per horizon for levels without an expiry; those without windows left out."""
    has_expiry = placed.expiry != UNDATED
    by_expiry = [until_expiry(placed, prices, *bounds) for bounds in CLASSES] if has_expiry.any() else []
    by_horizon = [over(placed.of(~has_expiry), prices, horizon) for horizon in horizons]
    return [
        *(_row(kind, "expiry", windows, prices) for windows in by_expiry if len(windows)),
        *(_row(kind, "horizon", windows, prices) for windows in by_horizon if len(windows)),
    ]


def _row(kind: str, by: Literal["expiry", "horizon"], windows: Windows, prices: Prices) -> Gravity:
    return Gravity(
        kind=kind,
        by=by,
        sessions=(windows.shortest, windows.longest),
        n=len(windows),
        ends=len(np.unique(windows.day)),
        mean_gap=float(np.abs(windows.gap).mean()),
        measures=gravity_measures(windows, prices),
        pull=gap_regressions(windows, prices),
        given_back=reversals(windows, prices),
    )
