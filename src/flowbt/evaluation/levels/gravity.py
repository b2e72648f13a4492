"""Is the price drawn to a level? Where it ended, compared with placebo levels.

Of each window (`windows.py`), with the price S at its start, S' at its end, and the level L, in units of S:

    nearer     |S' - L| < |S' - S|: it ended nearer to the level than to where it had been
    distance   |S' - L| - |S' - S|: negative where it was drawn to the level
    within     |S' - L| at most a quarter of the standard deviation of the move: pinned

None of these has a fixed value if the level has no effect: the price ends less often at a level far away. So each is compared with

    mirror        the level as far away on the other side, 2 S - L
    round strike  the nearest round number, and
    prior close   the close of the session before, both less their own mirrors, as they are at other distances
    elsewhere     a level as far away, in standard deviations, on the symbol's other days (`placebo_days.py`)

A drift favours the mirror or the level; the symbol's other days have the same drift, so the answer uses them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.inference import Floats
from flowbt.evaluation.levels.contrast import Contrast, Share, contrast, weighted, windows_in
from flowbt.evaluation.levels.placebo_days import OtherDays, against_other_days, comparable, on_other_days
from flowbt.evaluation.levels.prices import ROUNDING, Prices
from flowbt.evaluation.levels.trailing import direction
from flowbt.evaluation.levels.windows import Windows, move_between

PINNED: Final = 0.25
ROUND: Final = 0.025
"""Round numbers are multiples of the largest of 1, 2.5 and 5 times a power of ten within this share of the price."""

Measure = Callable[[Floats, Floats, Floats], Floats]


def nearer(gap: Floats, move: Floats, _: Floats) -> Floats:
    """1 where the price ended nearer to the level than to its start."""
    return (np.abs(move - gap) < np.abs(move) - ROUNDING).astype(np.float64)


def distance(gap: Floats, move: Floats, _: Floats) -> Floats:
    """How much farther from the level than from its start the price ended."""
    return np.asarray(np.abs(move - gap) - np.abs(move), np.float64)


def within(gap: Floats, move: Floats, scale: Floats) -> Floats:
    """1 where the price ended within a quarter of a standard deviation of the level."""
    return (np.abs(move - gap) <= PINNED * scale).astype(np.float64)


MEASURES: Final[dict[str, Measure]] = {"nearer": nearer, "distance": distance, "within": within}


@dataclass(frozen=True)
class GravityContrasts(Result):
    """A measure of a level less that of each placebo.

    Attributes:
        mirror: the level as far away on the other side of the price.
        round_strike: the nearest round strike, both less their own mirrors.
        prior_close: the close of the session before, both less their own mirrors.
        elsewhere: the level as far away, in standard deviations, on the symbol's other days.
    """

    mirror: Contrast
    round_strike: Contrast
    prior_close: Contrast
    elsewhere: Contrast


@dataclass(frozen=True)
class GravityMeasure(Result):
    """One measure of attraction, of a level and of its placebos; `nearer` and `within` are shares, `distance` a share of the price.

    Attributes:
        measure: `nearer`, `distance` or `within` (module docstring).
        n: number of windows.
        value: mean over the windows; None without any.
        mirror: the same of the mirrored level.
        round_strike: the same of the nearest round strike.
        prior_close: the same of the prior close.
        elsewhere: the same on the symbol's other days; None where the history is too short.
        against: the differences from the placebos.
    """

    measure: str
    n: int
    value: float | None
    mirror: float | None
    round_strike: float | None
    prior_close: float | None
    elsewhere: float | None
    against: GravityContrasts


def gravity_measures(windows: Windows, prices: Prices) -> tuple[GravityMeasure, ...]:
    """Each measure of the level, of its placebos, and the differences."""
    return tuple(_row(name, measure, windows, prices) for name, measure in MEASURES.items())


def round_gap(spot: Floats) -> Floats:
    """How far the nearest round number is above the price, as a fraction of it."""
    power = 10.0 ** np.floor(np.log10(ROUND * spot))
    mantissa = ROUND * spot / power
    step = power * np.where(mantissa >= 5, 5.0, np.where(mantissa >= 2.5, 2.5, 1.0))
    return np.asarray(np.round(spot / step) * step / spot - 1, np.float64)


def _row(name: str, measure: Measure, windows: Windows, prices: Prices) -> GravityMeasure:
    scale = windows.sigma * np.sqrt(windows.sessions)
    weight = np.isfinite(scale).astype(np.float64) if name == "within" else np.ones(len(windows))
    independent = windows_in(windows.day[weight > 0], windows.longest)

    def share(gap: Floats, expected: float | None = None) -> Share:
        known = weight * np.isfinite(gap)
        return weighted(known, measure(np.where(np.isfinite(gap), gap, 0.0), windows.move, scale), expected)

    mirrored = share(-windows.gap)
    own = share(windows.gap, mirrored.value)
    to_mirror = _less([own], [mirrored], windows, independent)
    placed = windows.placed
    before = move_between(prices, placed.column, placed.row - 1, placed.row)

    def beside(gap: Floats) -> tuple[float | None, Contrast]:
        theirs, their_mirror = share(gap), share(-gap)
        return theirs.value, _less([own, their_mirror], [mirrored, theirs], windows, independent)

    round_strike, to_round_strike = beside(round_gap(placed.spot))
    prior_close, to_prior_close = beside(1 / (1 + before) - 1)
    elsewhere, to_elsewhere = _elsewhere(own.value, measure, windows, prices, weight, scale, independent)
    return GravityMeasure(
        measure=name,
        n=int(weight.sum()),
        value=own.value,
        mirror=mirrored.value,
        round_strike=round_strike,
        prior_close=prior_close,
        elsewhere=elsewhere,
        against=GravityContrasts(to_mirror, to_round_strike, to_prior_close, to_elsewhere),
    )


def _less(these: list[Share], those: list[Share], windows: Windows, independent: int) -> Contrast:
    """The sum of some means less that of others."""
    values = [share.value for share in (*these, *those)]
    if None in values:
        return Contrast()
    signs = [1.0] * len(these) + [-1.0] * len(those)
    difference = sum(sign * value for sign, value in zip(signs, values, strict=True) if value is not None)
    influence = sum(
        (sign * share.influence for sign, share in zip(signs, (*these, *those), strict=True)), np.zeros(len(windows))
    )
    return contrast(difference, [(windows.day, influence)], windows.longest, independent)


def _elsewhere(
    value: float | None,
    measure: Measure,
    windows: Windows,
    prices: Prices,
    weight: Floats,
    scale: Floats,
    independent: int,
) -> tuple[float | None, Contrast]:
    """The levels at the same distance, in standard deviations, on each symbol's other days; moves are rescaled, too."""
    parts: list[OtherDays] = []
    days = []
    for column in np.unique(windows.placed.column):
        came = direction(prices, int(column))
        for sessions in np.unique(windows.sessions[windows.within(column)]):
            chosen = windows.within(column) & (windows.sessions == sessions) & np.isfinite(scale)
            own = windows.of(chosen)
            rows = np.arange(max(len(prices) - sessions, 0))
            moves = move_between(prices, np.full(len(rows), column), rows, rows + sessions) / prices.sigma[rows, column]
            rows, moves = rows[np.isfinite(moves)], moves[np.isfinite(moves)]
            if not len(own):
                continue
            there = measure(own.gap[:, None], own.sigma[:, None] * moves[None, :], scale[chosen][:, None])
            counted = comparable(own.placed.row, rows, windows.longest, came).astype(np.float64)
            outcome = measure(own.gap, own.move, scale[chosen])
            parts.append(on_other_days(weight[chosen], outcome, counted, there, prices.day[rows + sessions, column]))
            days.append(own.day)
    return against_other_days(value, parts, days, windows.longest, independent)
