"""The same level on other days: what happens at the same distance, in standard deviations, where there is no level.

Each level is moved to the other sessions of its own symbol, at the same distance in standard deviations of that session, and
what happened there is the placebo: drift, skew and fat tails are the same for both, only the level's meaning is gone.

Sessions near the level's own are left out: a level is placed around past prices (open interest is opened where the price
was), so it lies below a price that has just risen; put on the days of that very rise it would look easy to pass, and a price
that goes nowhere would seem drawn to its levels. The same happens when a mean is taken over all of a short history (the bias
of Kendall 1954 and Stambaugh 1999, which is of the order of the memory over the length); means over far days only are free of
it as far as `MEMORY` reaches.

And where there are enough, only sessions count on which the price stood on the same side of its mean close of 20 sessions: what a price does after a
fall differs from what it does after a rise (it is more volatile than its past, and it may reverse), and a level
above the price tends to be met after a fall.

The error of the difference counts both roles of a day, as the level's own and as a placebo (Hoeffding's projection).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.evaluation.inference import FEWEST, Bools, Floats, Integers
from flowbt.evaluation.levels.contrast import Contrast, contrast, is_testable, varies

MEMORY: Final = 20
"""Sessions of past prices that a level is taken to depend on."""
MOSTLY: Final = 0.8
"""Share of the levels for which the placebo must be known: a few of them do not represent the others."""


def far(own: Integers, others: Integers, horizon: int) -> Bools:
    """Which other sessions are far enough from each level's own: more than memory and horizon away, down; others across.

    In a short history fewer are left out, a quarter of it at most. Of a level with fewer than `FEWEST` far sessions, none.
    """
    reach = int(others.max() - others.min()) + 1 if len(others) else 0
    near = min(MEMORY + horizon, reach // 4)
    away = np.abs(own[:, None] - others[None, :]) > near
    return np.asarray(away & (away.sum(axis=1) >= FEWEST)[:, None], np.bool_)


def comparable(own: Integers, others: Integers, horizon: int, direction: Floats) -> Bools:
    """Which other sessions each level may be moved to: those far away on which the price came from the same side.

    Where there are fewer than `FEWEST` of these, all that are far away.

    Args:
        own: the sessions of the levels.
        others: all sessions of their symbol.
        horizon: sessions from a level to its outcome.
        direction: of every session, where the price stood against its past (`trailing.direction`).
    """
    away = far(own, others, horizon)
    same = away & (direction[own][:, None] == direction[others][None, :])
    return np.where((same.sum(axis=1) >= FEWEST)[:, None], same, away)


@dataclass(frozen=True)
class OtherDays:
    """One symbol's levels on its other days.

    Attributes:
        total: the weight of all levels.
        weight: of each level; 0 where it does not count or has no other day.
        outcome: of each level on its own day.
        expected: mean outcome on the other days.
        day: sessions of the outcomes on the other days.
        share: what each of these adds to the sum of the weighted expectations.
    """

    total: float
    weight: Floats
    outcome: Floats
    expected: Floats
    day: Integers
    share: Floats


def on_other_days(weight: Floats, outcome: Floats, weights: Floats, outcomes: Floats, day: Integers) -> OtherDays:
    """Levels against their placebos.

    Args:
        weight: of each level on its own day.
        outcome: on its own day.
        weights: of each level (down) on the other days (across), 0 on those too near.
        outcomes: there.
        day: sessions of the outcomes there, shaped as `weights` or one per other day.
    """
    total = weights.sum(axis=1)
    counted = np.where(total > 0, weight, 0.0)
    scale = np.where(total > 0, total, 1.0)
    filled = np.where(weights > 0, outcomes, 0.0)
    expected = (weights * filled).sum(axis=1) / scale
    share = (counted / scale)[:, None] * weights * (filled - expected[:, None])
    summed = np.bincount(day, share.sum(axis=0)) if day.ndim == 1 else np.bincount(day.ravel(), share.ravel())
    return OtherDays(
        float(weight.sum()),
        counted,
        np.where(counted > 0, outcome, 0.0),
        expected,
        np.arange(len(summed)),
        summed.astype(np.float64),
    )


def against_other_days(
    value: float | None, parts: list[OtherDays], days: list[Integers], horizon: int, windows: int
) -> tuple[float | None, Contrast]:
    """The placebo's mean and the difference from it, over all symbols; None where it is not known for most levels.

    The few levels without other days are taken to differ from their placebos as the others do.

    Args:
        value: the mean of all levels.
        parts: by symbol.
        days: by symbol, the sessions of the levels' own outcomes.
        horizon: sessions over which neighbouring outcomes overlap.
        windows: number of independent windows (`contrast`).
    """
    total = sum(float(part.weight.sum()) for part in parts)
    if value is None or total <= 0 or total < MOSTLY * sum(part.total for part in parts):
        return None, Contrast()
    difference = sum(float(part.weight @ (part.outcome - part.expected)) for part in parts) / total
    weight, outcome = (np.concatenate([getattr(part, name) for part in parts]) for name in ("weight", "outcome"))
    centre = difference if varies(weight, outcome) else 0.0
    own = [
        (day, part.weight * (part.outcome - part.expected - centre) / total)
        for part, day in zip(parts, days, strict=True)
    ]
    others = [(part.day, -part.share / total) for part in parts]
    testable = windows if is_testable(weight, outcome, difference) else 0
    return value - difference, contrast(difference, [*own, *others], horizon, testable)
