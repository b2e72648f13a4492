"""Does the price reverse after an expiry?

A price that hedging keeps near a level is released when the options expire (Filippou, Garcia-Ares & Zapatero find such a
reversal after max-pain returns). What is *given back* is the move over the next sessions against the direction of the move into
the expiry, in windows that moved towards the level and, as prices also reverse without a level, in those that moved away: only
the difference is due to the level.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.levels.contrast import contrast, weighted, windows_in
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.windows import Windows, move_between

AFTER: Final = (1, 3, 5)


@dataclass(frozen=True)
class MeanMove(Result):
    """A mean over windows.

    Attributes:
        n: number of windows.
        mean: of the move given back, as a fraction of the price; None without windows.
    """

    n: int
    mean: float | None


@dataclass(frozen=True)
class Reversal(Result):
    """The move given back after the end of a window: towards the level against away from it.

    Attributes:
        sessions: after the end.
        toward: windows in which the price moved towards the level.
        away: windows in which it moved away.
        difference: mean of `toward` less that of `away`; None where either has no window.
        ci: 95% confidence interval; None where there are too few independent windows to test.
        p_value: two-sided; None likewise.
        minimum_detectable: the smallest true difference that would be found significant in four cases of five; None likewise.
    """

    sessions: int
    toward: MeanMove
    away: MeanMove
    difference: float | None
    ci: tuple[float, float] | None
    p_value: float | None
    minimum_detectable: float | None


def reversals(windows: Windows, prices: Prices) -> tuple[Reversal, ...]:
    """The reversal after 1, 3 and 5 sessions."""
    return tuple(_row(windows, prices, sessions) for sessions in AFTER)


def _row(windows: Windows, prices: Prices, sessions: int) -> Reversal:
    after = move_between(prices, windows.placed.column, windows.end, windows.end + sessions)
    back = -np.sign(windows.move) * after
    toward = windows.move * windows.gap
    known = np.isfinite(after) & (toward != 0)
    sides = {name: known & chosen for name, chosen in (("toward", toward > 0), ("away", toward < 0))}
    shares = {name: weighted(chosen.astype(np.float64), back) for name, chosen in sides.items()}
    these, those = shares["toward"], shares["away"]
    difference = None if these.value is None or those.value is None else these.value - those.value
    influence: Floats = these.influence - those.influence
    independent = min(windows_in(windows.day[chosen], sessions) for chosen in sides.values())
    tested = contrast(difference, [(windows.day, influence)], sessions, independent)
    toward_mean, away_mean = (MeanMove(int(sides[name].sum()), shares[name].value) for name in ("toward", "away"))
    return Reversal(
        sessions, toward_mean, away_mean, tested.difference, tested.ci, tested.p_value, tested.minimum_detectable
    )
