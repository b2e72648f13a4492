"""The placebo: the same verdicts on other days. What was said is shifted round the circle of sessions against what followed.

A shift leaves verdicts as persistent as they are, outcomes as overlapped as they are, and what symbols share on a day, since the
whole matrix is shifted at once; only which outcome a verdict meets is another. Shifts of at most 2H + 10 sessions
either way still meet the same outcomes in part, and are left out.

All shifts are one cross-correlation, computed by Fourier transforms: of weights and outcomes for the sum, of their masks
for the count, so that sessions without a verdict or an outcome (the last H + 1 among them) weigh nothing at any shift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.fft import irfft, rfft

from flowbt.evaluation.inference.long_run import FEWEST, Floats
from flowbt.evaluation.inference.rotation import DRAWS, far_from_zero, studentised, turned
from flowbt.evaluation.inference.step_down import MaxT, Side, step_down

FEWEST_SHIFTS: Final = 20
"""With fewer, no share of them can be below 5%."""


@dataclass(frozen=True)
class Placebo:
    """A statistic beside what it is at other shifts.

    Attributes:
        statistic: at no shift.
        p_value: two-sided.
        interval: 95%, of the statistic's expectation.
        shifted: the statistic at each admissible shift at which anything meets, by ascending shift.
    """

    statistic: float
    p_value: float
    interval: tuple[float, float]
    shifted: Floats


class Cell(NamedTuple):
    """What was said and what followed: the outcome's mean, weighted by what was said, is tested.

    Attributes:
        weights: sessions down, symbols across: verdicts as -1, 0, 1 for the mean signed outcome, or 1 where one verdict was
            given for that verdict's mean; NaN where nothing was said.
        outcomes: the same; NaN where unknown. They are taken above their symbol's own mean.
        horizon: of the outcomes, in sessions.
    """

    weights: Floats
    outcomes: Floats
    horizon: int

    @property
    def apart(self) -> int:
        """The shifts either way that still meet the same outcomes in part."""
        return 2 * self.horizon + 10


def placebo_test(cell: Cell, *, draws: int = DRAWS, seed: int = 0) -> Placebo | None:
    """Is the weighted mean outcome further from 0 than the same weights have it on other days?

    The p-value is (1 + shifts at least as far from 0) / (1 + shifts), but no smaller than `rotation` has it: neighbouring
    shifts are nearly the same one, and over 250 sessions at a horizon of 20 the count alone rejects 8% of true nulls at 5%.

    Returns:
        None with fewer than 10 weighted outcomes, fewer than 20 admissible shifts, or where no shift changes anything.
    """
    shifted = _shifted_cell(cell)
    if shifted is None:
        return None
    apart = np.array([cell.apart])
    (t,), (error,) = studentised(np.nan_to_num(shifted)[None], apart)
    luck = np.sort(np.abs(turned(np.nan_to_num(shifted)[None], apart, draws, seed)[:, 0]))
    statistic = float(shifted[0])
    others = shifted[far_from_zero(len(shifted), apart)[0]]
    others = others[np.isfinite(others)]
    counted = (1 + int((np.abs(others) >= abs(statistic) * (1 - 1e-9)).sum())) / (1 + len(others))
    drawn = (1 + int((luck >= abs(t)).sum())) / (1 + draws)
    # the largest |t| that luck reaches in more than 5% of draws, the statistic itself among them
    half = float(luck[-max(int(0.05 * (draws + 1)), 1)] * error)
    return Placebo(statistic, max(counted, drawn), (statistic - half, statistic + half), others)


def placebo_max_t(
    cells: Sequence[Cell], *, draws: int = DRAWS, seed: int = 0, side: Side = "two", level: float = 0.05
) -> MaxT:
    """Many cells judged together: studentised by their far shifts, under joint rotation, with step-down.

    Over short samples it holds its level where a bootstrap of daily influences does not: the best of six lifts at
    horizons up to 20 over 250 sessions was found in 5% of true nulls, by the bootstrap in 15%.

    Args:
        cells: all of the same sessions. One of which `placebo_test` says nothing is left out.
        draws: under the null.
        seed: the same seed gives the same answer.
        side: `two`, or `greater` where only outcomes in the direction of the weights are finds.
        level: of the survivors.
    """
    t, null = np.full(len(cells), np.nan), np.full((draws, len(cells)), np.nan)
    told = {place: shifted for place, cell in enumerate(cells) if (shifted := _shifted_cell(cell)) is not None}
    if told:
        kept = list(told)
        apart = np.array([cells[place].apart for place in kept])
        matrix = np.nan_to_num(np.stack(list(told.values())))
        t[kept] = studentised(matrix, apart)[0]
        null[:, kept] = turned(matrix, apart, draws, seed)
    return step_down(t, null, side, level)


def shifted_means(weights: Floats, outcomes: Floats) -> Floats:
    """Sum of weight times outcome over the sum of |weight|, where both are known, with the weights shifted by 0 to T - 1 sessions.

    NaN at a shift at which nothing meets.
    """
    known = np.isfinite(outcomes)
    said = np.nan_to_num(weights)
    sums = _circular(said, np.where(known, outcomes, 0.0))
    weight = _circular(np.abs(said), known.astype(np.float64))
    # what a Fourier transform leaves of zero is no weight
    some = weight > 1e-9 * np.abs(said).max(initial=0.0)
    means: Floats = np.divide(sums, weight, out=np.full(len(weights), np.nan), where=some)
    return means


def above_own_mean(outcomes: Floats) -> Floats:
    """Each outcome above the mean of its column's known ones."""
    known = np.isfinite(outcomes)
    mean = np.where(known, outcomes, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    above: Floats = outcomes - mean
    return above


def _shifted_cell(cell: Cell) -> Floats | None:
    """The cell's statistic at all shifts; None where nothing can be told from them."""
    count = len(cell.weights)
    far = far_from_zero(count, np.array([cell.apart]))[0]
    met = np.isfinite(cell.outcomes) & (np.nan_to_num(cell.weights) != 0)
    if met.sum() < FEWEST or far.sum() < FEWEST_SHIFTS:
        return None
    shifted = shifted_means(cell.weights, above_own_mean(cell.outcomes))
    others = shifted[far & np.isfinite(shifted)]
    noise = 1e-12 * float(np.abs(cell.outcomes[met]).max())
    return shifted if len(others) >= FEWEST_SHIFTS and np.abs(others).max() > noise else None


def _circular(first: Floats, second: Floats) -> Floats:
    """Sum over sessions t and symbols of first[t - k] second[t], for each shift k round the circle."""
    count = len(first)
    product = (np.conj(rfft(first, axis=0)) * rfft(second, axis=0)).sum(axis=1)
    return np.asarray(irfft(product, count), np.float64)
