"""Is a level reached, does it hold, and does the price run on through it? Against chance, and against levels nobody drew.

Of each level K known at the close S of its day, over the next H sessions:

    touched           the range of a day reached it
    touched_by_close  a close was at it or beyond
    held              of those touched: the close of that day was not at it or beyond
    held_after        of those touched: the close after all H sessions was not
    drift_1, 3, 5     of those touched: the move from that day's close over the next sessions, positive away from S

Touches have a formula (`touch_probability.py`), which assumes a volatility and neither drift nor fat tails; it is shown and not tested
against. The placebos are

    mirror     the level as far away, in logs, on the other side of the price: S^2 / K
    elsewhere  a level as far away, in standard deviations, on the symbol's other days (`placebo_days.py`)

What is told of touches is booked on the day of the touch: many days' levels may be reached by one move, and that is one event.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from flowbt.evaluation.inference import Bools, Floats, Integers
from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.contrast import Contrast, Share, contrast, tells, weighted, windows_in
from flowbt.evaluation.levels.passage import Paths, in_sigmas, moves_after, paths_of
from flowbt.evaluation.levels.placebo_days import Elsewhere, against_elsewhere, comparable, elsewhere
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.touch_probability import touch_probability
from flowbt.evaluation.levels.trailing import direction

DRIFTS: Final = {"drift_1": 1, "drift_3": 3, "drift_5": 5}
MEASURES: Final = ("touched", "touched_by_close", "held", "held_after", *DRIFTS)


class Told(NamedTuple):
    """Of levels on paths: the weight, the outcome (anything where there is no weight) and the session it is booked on.

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
    """What is told of levels, symbol by symbol: of their own days, mirrored, elsewhere, and how far away they were."""

    own: list[Told]
    mirrored: list[Told]
    elsewhere: list[Elsewhere]
    distance: list[Floats]


def touch_measures(placed: Placed, prices: Prices, side: int, sessions: int) -> list[dict[str, Any]]:
    """Each measure of levels on one side of the price, and of their placebos.

    Args:
        placed: the levels.
        prices: of their symbols.
        side: 1 where they lie above the price, -1 below.
        sessions: how long they have.

    Returns:
        Rows with `measure, n, days, value, formula, mirror, elsewhere` and `against`: by placebo `difference, ci, p_value,
        minimum_detectable`. `n` counts levels (touched ones, where only these tell), `days` the different days they tell of.
    """
    # of one session the day of the touch is the last
    found = {name: Collected([], [], [], []) for name in MEASURES if sessions > 1 or name != "held_after"}
    for column in np.unique(placed.column).tolist():
        of_symbol = placed.of(np.asarray(placed.column == column, np.bool_))
        for ranged in (True, False):
            levels = _levels(of_symbol, prices, column, side, sessions, ranged=ranged)
            for name, collected in found.items():
                if (name == "touched_by_close") != ranged:
                    _collect(collected, name, levels, prices, column)
    return [_row(name, collected, sessions) for name, collected in found.items()]


def distances(placed: Placed, prices: Prices) -> Floats:
    """How far the levels lie from the price, in standard deviations of one session's log return; NaN where it is unknown."""
    sigma = prices.sigma[placed.row, placed.column]
    return in_sigmas(np.abs(np.log(placed.level / placed.spot)), sigma)


def _levels(placed: Placed, prices: Prices, column: int, side: int, sessions: int, *, ranged: bool) -> Levels:
    paths, other_way = (paths_of(prices, column, sessions, way, ranged=ranged) for way in (side, -side))
    place = np.searchsorted(paths.row, placed.row)
    followed = np.append(paths.row, -1)[place] == placed.row
    own = place[followed]
    distance = distances(placed.of(followed), prices)
    near = ~comparable(paths.row[own], paths.row, sessions, direction(prices, column))
    return Levels(distance, paths.of(own), other_way.of(own), paths, near, paths.first(distance))


def _collect(collected: Collected, name: str, levels: Levels, prices: Prices, column: int) -> None:
    """Add what is told of one symbol's levels."""
    after = moves_after(prices, column, DRIFTS[name]) if name in DRIFTS else None
    distance = levels.distance
    calendar = prices.day[:, column]
    told = _told(name, levels.toward, levels.toward.first_own(distance), distance, after, calendar)
    mirrored = _told(name, levels.mirrored, levels.mirrored.first_own(distance), distance, after, calendar)
    there = _told(name, levels.others, levels.first, distance[:, None], after, calendar)
    counted = np.where(levels.near, 0.0, there.weight)
    collected.own.append(told)
    collected.mirrored.append(mirrored)
    collected.elsewhere.append(elsewhere(told.weight, told.outcome, counted, there.outcome, there.day))
    collected.distance.append(distance)


def _row(name: str, collected: Collected, sessions: int) -> dict[str, Any]:
    overlap = DRIFTS.get(name, sessions)
    own, mirrored = collected.own, collected.mirrored
    windows = _windows(own, overlap)
    those = weighted(*_joined(mirrored))
    these = weighted(*_joined(own), those.value)
    days = [told.day for told in own]
    against = {
        "mirror": _against_mirror(these, those, own, mirrored, overlap, min(windows, _windows(mirrored, overlap)))
    }
    placebo, against["elsewhere"] = against_elsewhere(these.value, collected.elsewhere, days, overlap, windows)
    told_of = [told.day[told.weight > 0] for told in own]
    return {
        "measure": name,
        "n": int(sum(len(day) for day in told_of)),
        "days": len(np.unique(np.concatenate(told_of))) if told_of else 0,
        "value": these.value,
        "formula": _by_formula(name, collected.distance, sessions),
        "mirror": those.value,
        "elsewhere": placebo,
        "against": {name: asdict(found) for name, found in against.items()},
    }


def _told(name: str, paths: Paths, first: Integers, distance: Floats, after: Floats | None, calendar: Integers) -> Told:
    """What is told of levels on paths; `calendar` has the day of each of the symbol's sessions."""
    touched = (first <= paths.sessions).astype(np.float64)
    if name in {"touched", "touched_by_close"}:
        return Told(np.ones_like(touched), touched, calendar[paths.row])
    session = np.broadcast_to(paths.row, first.shape) + np.minimum(first, paths.sessions)
    day = calendar[session]
    if after is not None:
        moved = paths.side * after[session]
        return Told(touched * np.isfinite(moved), moved, day)
    when = first if name == "held" else np.full_like(first, paths.sessions)
    return Told(touched, (paths.close_on(when) < distance).astype(np.float64), day)


def _joined(told: list[Told]) -> tuple[Floats, Floats]:
    return np.concatenate([one.weight for one in told]), np.concatenate([one.outcome for one in told])


def _windows(told: list[Told], overlap: int) -> int:
    return windows_in(np.concatenate([one.day[one.weight > 0] for one in told]), overlap)


def _against_mirror(
    these: Share, those: Share, own: list[Told], mirrored: list[Told], overlap: int, windows: int
) -> Contrast:
    if these.value is None or those.value is None:
        return Contrast()
    difference = these.value - those.value
    if not tells(*_joined(own), difference):
        return Contrast(difference)
    days, their_days = (np.concatenate([told.day for told in one]) for one in (own, mirrored))
    return contrast(difference, [(days, these.influence), (their_days, -those.influence)], overlap, windows)


def _by_formula(name: str, distances: list[Floats], sessions: int) -> float | None:
    """The mean probability of a touch, where there is a formula."""
    if not name.startswith("touched"):
        return None
    chances = touch_probability(np.concatenate(distances), sessions, looks=name == "touched_by_close")
    return float(chances.mean()) if len(chances) else None
