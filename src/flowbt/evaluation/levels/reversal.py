"""Does the price give back, after an expiry, what it moved into it?

A price that is held at a level by hedging is let go when the options expire (Filippou, Garcia-Ares & Zapatero find such a
reversal after max-pain returns). What is *given back* is the move over the next sessions against the direction of the move into
the expiry, in windows that moved towards the level and, as prices also reverse without one, in those that moved away: only the
difference speaks of the level.
"""

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from flowbt.evaluation.inference import Floats
from flowbt.evaluation.levels.contrast import contrast, weighted, windows_in
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.windows import Windows, move_between

AFTER: Final = (1, 3, 5)


def given_back(windows: Windows, prices: Prices) -> list[dict[str, Any]]:
    """By sessions after the end: `sessions, toward, away` (`n, mean` each), `difference, ci, p_value, minimum_detectable`."""
    return [_row(windows, prices, sessions) for sessions in AFTER]


def _row(windows: Windows, prices: Prices, sessions: int) -> dict[str, Any]:
    after = move_between(prices, windows.placed.column, windows.end, windows.end + sessions)
    back = -np.sign(windows.move) * after
    toward = windows.move * windows.gap
    known = np.isfinite(after) & (toward != 0)
    sides = {name: known & chosen for name, chosen in (("toward", toward > 0), ("away", toward < 0))}
    shares = {name: weighted(chosen.astype(np.float64), back) for name, chosen in sides.items()}
    these, those = shares["toward"], shares["away"]
    difference = None if these.value is None or those.value is None else these.value - those.value
    influence: Floats = these.influence - those.influence
    told = min(windows_in(windows.day[chosen], sessions) for chosen in sides.values())
    found = contrast(difference, [(windows.day, influence)], sessions, told)
    means = {name: {"n": int(sides[name].sum()), "mean": share.value} for name, share in shares.items()}
    return {"sessions": sessions, **means, **asdict(found)}
