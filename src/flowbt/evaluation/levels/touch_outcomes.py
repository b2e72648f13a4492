"""Outcomes of levels on one side of the price, symbol by symbol: on their own days, mirrored, and on other days.

The measures are defined in `touches.py`, which takes their means.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from flowbt.evaluation.inference import Bools, Floats, Integers
from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.passage import Paths, in_sigmas, moves_after, paths_of
from flowbt.evaluation.levels.placebo_days import OtherDays, comparable, on_other_days
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.trailing import direction

DRIFTS: Final = {"drift_1": 1, "drift_3": 3, "drift_5": 5}
"""Sessions after the touch, by measure."""


class Outcomes(NamedTuple):
    """Outcomes of levels on paths: the weight, the outcome (any number where the weight is 0) and its session.

    With levels down and paths across, `day` may be one per path.
    """

    weight: Floats
    outcome: Floats
    day: Integers


@dataclass(frozen=True)
class Levels:
    """One symbol's levels on one side, with the paths that followed them.

    Attributes:
        distance: from the price, in standard deviations of a session.
        toward: the paths of the levels' own days, towards them.
        mirrored: the same paths, the other way.
        others: the paths of all of the symbol's days.
        near: which of these (across) are too near each level's own day, or unlike it.
        first: on which session ahead they reach each level.
    """

    distance: Floats
    toward: Paths
    mirrored: Paths
    others: Paths
    near: Bools
    first: Integers


@dataclass(frozen=True)
class Collected:
    """Outcomes of levels, symbol by symbol: on their own days, mirrored, on other days; and their distances."""

    own: list[Outcomes]
    mirrored: list[Outcomes]
    elsewhere: list[OtherDays]
    distance: list[Floats]


def distances(placed: Placed, prices: Prices) -> Floats:
    """How far the levels are from the price, in standard deviations of one session's log return; NaN where it is unknown."""
    sigma = prices.sigma[placed.row, placed.column]
    return in_sigmas(np.abs(np.log(placed.level / placed.spot)), sigma)


def levels_of(placed: Placed, prices: Prices, column: int, side: int, sessions: int, *, ranged: bool) -> Levels:
    """One symbol's levels with the paths that followed; touches by daily ranges, or by closes where not `ranged`."""
    paths, other_way = (paths_of(prices, column, sessions, way, ranged=ranged) for way in (side, -side))
    place = np.searchsorted(paths.row, placed.row)
    followed = np.append(paths.row, -1)[place] == placed.row
    own = place[followed]
    distance = distances(placed.of(followed), prices)
    near = ~comparable(paths.row[own], paths.row, sessions, direction(prices, column))
    return Levels(distance, paths.of(own), other_way.of(own), paths, near, paths.first(distance))


def collect(collected: Collected, name: str, levels: Levels, prices: Prices, column: int) -> None:
    """Add the outcomes of one symbol's levels."""
    after = moves_after(prices, column, DRIFTS[name]) if name in DRIFTS else None
    distance = levels.distance
    calendar = prices.day[:, column]
    own = _outcomes(name, levels.toward, levels.toward.first_own(distance), distance, after, calendar)
    mirrored = _outcomes(name, levels.mirrored, levels.mirrored.first_own(distance), distance, after, calendar)
    there = _outcomes(name, levels.others, levels.first, distance[:, None], after, calendar)
    counted = np.where(levels.near, 0.0, there.weight)
    collected.own.append(own)
    collected.mirrored.append(mirrored)
    collected.elsewhere.append(on_other_days(own.weight, own.outcome, counted, there.outcome, there.day))
    collected.distance.append(distance)


def _outcomes(
    name: str, paths: Paths, first: Integers, distance: Floats, after: Floats | None, calendar: Integers
) -> Outcomes:
    """The outcomes of levels on paths; `calendar` has the day of each of the symbol's sessions."""
    touched = (first <= paths.sessions).astype(np.float64)
    if name in {"touched", "touched_by_close"}:
        return Outcomes(np.ones_like(touched), touched, calendar[paths.row])
    session = np.broadcast_to(paths.row, first.shape) + np.minimum(first, paths.sessions)
    day = calendar[session]
    if after is not None:
        moved = paths.side * after[session]
        return Outcomes(touched * np.isfinite(moved), moved, day)
    when = first if name == "held" else np.full_like(first, paths.sessions)
    return Outcomes(touched, (paths.close_on(when) < distance).astype(np.float64), day)
