"""Is a level reached, does it hold, and does the price run on through it? Compared with chance and with placebo levels.

Of each level K known at the close S of its day, over the next H sessions:

    touched           the range of a day reached it
    touched_by_close  a close was at it or beyond
    held              of those touched: the close of that day was not at it or beyond
    held_after        of those touched: the close after all H sessions was not
    drift_1, 3, 5     of those touched: the move from that day's close over the next sessions, positive away from S

Touches have a formula (`touch_probability.py`), which assumes a known volatility, no drift and no fat tails; it is shown and not
tested against. The placebos are

    mirror     the level as far away, in logs, on the other side of the price: S^2 / K
    elsewhere  a level as far away, in standard deviations, on the symbol's other days (`placebo_days.py`)

Outcomes of touches are counted on the day of the touch: one move may reach the levels of many days, and that is one event.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.contrast import Contrast, Share, contrast, is_testable, weighted, windows_in
from flowbt.evaluation.levels.placebo_days import against_other_days
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.touch_outcomes import DRIFTS, Collected, Outcomes, collect, levels_of
from flowbt.evaluation.levels.touch_probability import touch_probability

MEASURES: Final = ("touched", "touched_by_close", "held", "held_after", *DRIFTS)


@dataclass(frozen=True)
class TouchContrasts(Result):
    """A measure of levels less that of each placebo.

    Attributes:
        mirror: the level as far away, in logs, on the other side of the price.
        elsewhere: the level as far away, in standard deviations, on the symbol's other days.
    """

    mirror: Contrast
    elsewhere: Contrast


@dataclass(frozen=True)
class TouchMeasure(Result):
    """One measure of levels on one side of the price, and of their placebos; drifts are fractions of the price, the others shares.

    Attributes:
        measure: `touched`, `touched_by_close`, `held`, `held_after`, `drift_1`, `drift_3` or `drift_5` (module docstring).
        n: number of levels; of touched levels, where only these count.
        days: number of different days with an outcome.
        value: mean over the levels; None without any.
        formula: probability of a touch for a random walk, mean over the levels; None for what has no formula.
        mirror: the value of the mirrored levels.
        elsewhere: the value on the symbols' other days; None where the history is too short.
        against: the differences from the placebos.
    """

    measure: str
    n: int
    days: int
    value: float | None
    formula: float | None
    mirror: float | None
    elsewhere: float | None
    against: TouchContrasts


def touch_measures(placed: Placed, prices: Prices, side: int, sessions: int) -> tuple[TouchMeasure, ...]:
    """Each measure of levels on one side of the price, and of their placebos.

    Args:
        placed: the levels.
        prices: of their symbols.
        side: 1 where they are above the price, -1 below.
        sessions: length of the window.
    """
    # of one session the day of the touch is the last
    by_measure = {name: Collected([], [], [], []) for name in MEASURES if sessions > 1 or name != "held_after"}
    for column in np.unique(placed.column).tolist():
        of_symbol = placed.of(np.asarray(placed.column == column, np.bool_))
        for ranged in (True, False):
            levels = levels_of(of_symbol, prices, column, side, sessions, ranged=ranged)
            for name, collected in by_measure.items():
                if (name == "touched_by_close") != ranged:
                    collect(collected, name, levels, prices, column)
    return tuple(_row(name, collected, sessions) for name, collected in by_measure.items())


def _row(name: str, collected: Collected, sessions: int) -> TouchMeasure:
    overlap = DRIFTS.get(name, sessions)
    own, mirrored = collected.own, collected.mirrored
    windows = _windows(own, overlap)
    those = weighted(*_joined(mirrored))
    these = weighted(*_joined(own), those.value)
    days = [outcomes.day for outcomes in own]
    to_mirror = _against_mirror(these, those, own, mirrored, overlap, min(windows, _windows(mirrored, overlap)))
    placebo, to_elsewhere = against_other_days(these.value, collected.elsewhere, days, overlap, windows)
    counted = [outcomes.day[outcomes.weight > 0] for outcomes in own]
    return TouchMeasure(
        measure=name,
        n=int(sum(len(day) for day in counted)),
        days=len(np.unique(np.concatenate(counted))) if counted else 0,
        value=these.value,
        formula=_by_formula(name, collected.distance, sessions),
        mirror=those.value,
        elsewhere=placebo,
        against=TouchContrasts(to_mirror, to_elsewhere),
    )


def _joined(outcomes: list[Outcomes]) -> tuple[Floats, Floats]:
    return np.concatenate([one.weight for one in outcomes]), np.concatenate([one.outcome for one in outcomes])


def _windows(outcomes: list[Outcomes], overlap: int) -> int:
    return windows_in(np.concatenate([one.day[one.weight > 0] for one in outcomes]), overlap)


def _against_mirror(
    these: Share, those: Share, own: list[Outcomes], mirrored: list[Outcomes], overlap: int, windows: int
) -> Contrast:
    if these.value is None or those.value is None:
        return Contrast()
    difference = these.value - those.value
    if not is_testable(*_joined(own), difference):
        return Contrast(difference)
    days, their_days = (np.concatenate([one.day for one in outcomes]) for outcomes in (own, mirrored))
    return contrast(difference, [(days, these.influence), (their_days, -those.influence)], overlap, windows)


def _by_formula(name: str, distances: list[Floats], sessions: int) -> float | None:
    """The mean probability of a touch, where there is a formula."""
    if not name.startswith("touched"):
        return None
    chances = touch_probability(np.concatenate(distances), sessions, looks=name == "touched_by_close")
    return float(chances.mean()) if len(chances) else None
