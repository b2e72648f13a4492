"""Does a signal go with an outcome? A slope judged against all circular shifts of the signal.

A signal persists, horizons overlap, volatility clusters, and the few days on which a verdict is given come in runs: then the
error of a mean, however robust, is itself badly known, and a test at 5% rejects a true null in 8 to 12% of cases (T = 250,
H = 20). But if signal and outcome have nothing to do with each other, then the signal moved round the calendar by any
number of sessions might as well have been the one that was given. So:

1. signal and outcome are centred by the caller (by symbol, or by day across symbols), 0 where unknown; the outcome stays on days
   without a signal (`known`);
2. for each shift k of the whole matrix, numerator a_k = sum x_{t-k} y_t, b_k = sum x_{t-k} x_t, and the standard error s_k of
   a_k from the long-run variance of what each date adds about its own slope (`_shifted`);
3. a slope B is rejected where fewer than 5% of the shifts, the real place among them, have |a_k - B b_k| / s_k at least
   |a_0 - B b_0| / s_0. All shifts count, the near ones too: under the null the place of the signal is one among equals. For each
   k the slopes for which it is as extreme are an interval, so the ends of the 95% interval are order statistics (`_interval`);
4. p is 5% exactly where 0 is at the end of the interval. Beyond that the shifts are too few to tell (and the near ones, which see most
   of an edge, would keep p up), so the tail is that of Student's t with as many degrees of freedom as that 5% value stands for
   (`_p_value`).

Shifts keep what days and symbols share, the persistence and the clustering, on both sides. They assume that the joint law does not drift over the sample. Studentising keeps the test
honest where the signal does not predict the mean but comes on wild days (Janssen 1997; DiCiccio & Romano 2017 for
permutations; Politis, Romano & Wolf 1999, chapter on shifted blocks, for time series).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from flowbt.compiled import compiled
from flowbt.evaluation.inference.hac import DETECTABLE, NORMAL_95, Bools, Floats, Integers, bandwidth
from flowbt.evaluation.inference.max_t import step_down

MOST_SHIFTS = 399
"""Shifts that are looked at, evenly spread where there are more: p-values in steps of 1/400."""
LEAST_MET = 0.5
"""A shift counts that meets outcomes with half of the signal; half of all shifts must, or only the near ones would be left."""
_FREEDOM = np.concatenate([np.linspace(1, 30, 291), np.geomspace(31, 1e6, 200)])
_CRITICAL = stdtrit(_FREEDOM, 0.975)
FEWEST_SHIFTS = 19
"""With fewer a p-value of 5% could hardly be reached."""


@dataclass(frozen=True)
class Association:
    """What a signal has to do with an outcome.

    Attributes:
        value: the slope in the caller's unit.
        standard_error: its long-run standard error.
        interval: 95%.
        t: value over standard error.
        p_value: two-sided; below 5% exactly where the interval leaves out 0.
        shifted: what the value is at each shift, the real place first.
        shifted_t: the same of t, for tests of several cells at once (`family_p_values`).
    """

    value: float
    standard_error: float
    interval: tuple[float, float]
    t: float
    p_value: float
    shifted: Floats
    shifted_t: Floats

    @property
    def minimum_detectable(self) -> float:
        """The effect that would be found at 5% four times in five, judged by the interval's width."""
        low, high = self.interval
        return DETECTABLE / NORMAL_95 * (high - low) / 2


def association(
    signal: Floats,
    outcome: Floats,
    horizon: int,
    unit: float | None = None,
    known: Bools | None = None,
    controls: int = 0,
) -> Association | None:
    """The slope of the outcome on the signal, with a p-value and an interval from circular shifts.

    Args:
        signal: dates down, symbols across; centred on the days it is compared on, 0 on all others. The rows are consecutive
            sessions.
        outcome: the same, on every day on which it is known, with or without a signal: a signal that is shifted must meet outcomes.
        horizon: sessions over which an outcome runs.
        unit: what the numerator is divided by to give the value; by default what makes it a slope.
        known: where the outcome is known; everywhere by default. Shifts that meet known outcomes with less than half of the
            signal's weight are left out; where most are, as where symbols were there in turn, there is no test.
        controls: how many have been taken out of both sides. They fit at the real place only, whose error is widened for them.

    Returns:
        None where there are too few dates or shifts for a test, or either side does not vary.
    """
    count = len(signal)
    shifts = circle(count)
    if known is not None and not known.all():
        everywhere = len(shifts)
        shifts = shifts[_met(signal, known)[shifts] >= LEAST_MET]
        if len(shifts) < LEAST_MET * everywhere:
            return None
    if len(shifts) - 1 < FEWEST_SHIFTS:
        return None
    return _association(signal, outcome, shifts, bandwidth(count, horizon), unit, controls)


def circle(count: int) -> Integers:
    """The shifts of a circle of `count` sessions that are looked at: 0, then up to `MOST_SHIFTS` spread evenly."""
    if count < 2:
        return np.zeros(1, np.int64)
    places = np.linspace(1, count - 1, min(count - 1, MOST_SHIFTS))
    return np.concatenate([[0], np.unique(np.round(places))]).astype(np.int64)


def _met(signal: Floats, known: Bools) -> Floats:
    """For each shift, the share of the signal's weight that meets known outcomes: a correlation round the circle."""
    weight = np.fft.rfft(signal**2, axis=0)
    met = np.fft.irfft(np.conj(weight) * np.fft.rfft(known.astype(np.float64), axis=0), len(signal), axis=0).sum(axis=1)
    return np.asarray(met / max(float((signal**2).sum()), 1e-300))


def _association(
    signal: Floats, outcome: Floats, shifts: Integers, lags: int, unit: float | None, controls: int
) -> Association | None:
    numerators, squares, errors = _shifted(signal, outcome, shifts, lags)
    days = int((signal != 0).any(axis=1).sum())
    errors[0] *= math.sqrt(days / max(days - controls, 1))
    if squares[0] <= 0 or not outcome.any():
        return None
    size = math.sqrt(float((signal**2).sum() * (outcome**2).sum()))
    # what a signal explains to the last digit has no error, and a shift at which it meets only gaps has nothing at all
    errors = np.maximum(errors, 1e-12 * size)
    t, slopes = numerators / errors, squares / errors
    scale = squares[0] / (unit if unit is not None else squares[0])
    low, high = (float(end * scale) for end in _interval(t, slopes))
    value, error = (float(of[0] / squares[0] * scale) for of in (numerators, errors))
    return Association(
        value=value,
        standard_error=error,
        interval=(low, high),
        t=float(t[0]),
        p_value=_p_value(float(t[0]), (value - low if value >= 0 else high - value) / error),
        shifted=numerators / squares[0] * scale,
        shifted_t=t,
    )


def _interval(t: Floats, slopes: Floats) -> tuple[float, float]:
    """The slopes that 95% of the shifts would not call extreme."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(t[1:] - t[0]) / (slopes[1:] - slopes[0]), (t[1:] + t[0]) / (slopes[1:] + slopes[0])])
    # a shift whose signal is as strongly tied to the outcome's own signal as the real place rejects no slope
    bounded = np.abs(slopes[1:]) < slopes[0]
    low = np.sort(np.where(bounded, ends.min(axis=0), -np.inf))
    high = np.sort(np.where(bounded, ends.max(axis=0), np.inf))
    # a slope is rejected where fewer than 5% of all places, the real one among them, are as extreme
    out = max(math.floor(0.05 * len(t)) - 1, 0)
    centre = t[0] / slopes[0]
    # an end is itself not rejected: ties with it are not left to the last digit
    widen = 1 + 1e-9
    return float(centre - (centre - low[out]) * widen), float(centre + (high[len(high) - 1 - out] - centre) * widen)


def _p_value(t: float, critical: float) -> float:
    """Two-sided tail of Student's t whose 5% value is `critical` (the normal's, drawn in, where it is smaller than 1.96)."""
    if not math.isfinite(critical):
        return 1.0
    # an exact fit leaves no room around the value
    critical = max(critical, 1e-9)
    if critical <= NORMAL_95:
        return math.erfc(abs(t) * NORMAL_95 / critical / math.sqrt(2))
    freedom = float(np.interp(-critical, -_CRITICAL, _FREEDOM))
    return float(2 * stdtr(freedom, -abs(t) * stdtrit(freedom, 0.975) / critical))


def family_p_values(members: list[Association]) -> list[float]:
    """p-value of each member for the largest |t| of the whole family, from joint shifts, with step-down (Romano & Wolf 2005).

    The members must have been shifted alike: their signals are parts of one matrix, their rows as many (to within a horizon).
    """
    if not members:
        return []
    places = min(len(member.shifted_t) for member in members)
    t = np.array([member.t for member in members])
    judged = step_down(t, np.stack([member.shifted_t[1:places] for member in members], axis=1))
    adjusted = judged.p_value.copy()
    reached = 0.0
    for rank, place in enumerate(np.argsort(-np.abs(t), kind="stable")):
        if adjusted[place] <= 0.05:
            # beyond 5% the shifts are too few to tell, and Bonferroni's bound says more
            adjusted[place] = min(adjusted[place], members[place].p_value * (len(members) - rank))
        reached = max(reached, float(adjusted[place]))
        adjusted[place] = reached
    return [float(value) for value in adjusted]


def _shifted(signal: Floats, outcome: Floats, shifts: Integers, lags: int) -> tuple[Floats, Floats, Floats]:
    """For each shift: sum of signal times outcome, of signal times unshifted signal, and the error of the former."""
    said, followed = (np.ascontiguousarray(side.T, np.float64) for side in (signal, outcome))
    return _rotated(said, followed, shifts, lags)


@compiled
def _rotated(signal: Floats, outcome: Floats, shifts: Integers, lags: int) -> tuple[Floats, Floats, Floats]:
    symbols, count = signal.shape
    numerators, squares, errors = np.zeros(len(shifts)), np.zeros(len(shifts)), np.zeros(len(shifts))
    weight, added, tied = np.zeros(count), np.empty(count), np.empty(count)
    for symbol in range(symbols):
        for row in range(count):
            weight[row] += signal[symbol, row] * signal[symbol, row]
    whole = weight.sum()
    for place in range(len(shifts)):
        shift = shifts[place]
        added[:] = 0.0
        tied[:] = 0.0
        # two runs without a wrap, and sums kept by row: the compiler makes both wide
        for symbol in range(symbols):
            for row in range(shift):
                moved = signal[symbol, row + count - shift]
                added[row] += moved * outcome[symbol, row]
                tied[row] += moved * signal[symbol, row]
            for row in range(shift, count):
                moved = signal[symbol, row - shift]
                added[row] += moved * outcome[symbol, row]
                tied[row] += moved * signal[symbol, row]
        numerators[place] = added.sum()
        squares[place] = tied.sum()
        slope = numerators[place] / whole if whole > 0 else 0.0
        for row in range(shift):
            added[row] -= slope * weight[row + count - shift]
        for row in range(shift, count):
            added[row] -= slope * weight[row - shift]
        # Bartlett's weights are those of the squared sums over all windows of lags + 1 rows, which need no loop over lags
        window, windows, independent = 0.0, 0.0, 0.0
        for row in range(count + lags):
            if row < count:
                window += added[row]
                independent += added[row] * added[row]
            if row > lags:
                window -= added[row - lags - 1]
            windows += window * window
        # over few dates the long-run estimate can fall far below that of independent dates by chance
        errors[place] = math.sqrt(max(windows / (lags + 1), independent))
    return numerators, squares, errors
