"""The placebo: the same verdicts on other days. What was said is shifted round the circle of sessions against what followed.

A shift leaves verdicts as persistent as they are, outcomes as overlapped as they are, and what symbols share on a day, since the
whole matrix is shifted at once; only which outcome a verdict meets is another. Shifts of at most 2H + 10 sessions
either way still meet the same outcomes in part, and are left out.

All shifts are one cross-correlation, computed by Fourier transforms: of weights and outcomes for the sum, of their masks
for the count, so that sessions without a verdict or an outcome (the last H + 1 among them) weigh nothing at any shift.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.fft import irfft, rfft
from scipy.stats import t as student

from flowbt.evaluation.inference.long_run import FEWEST, Floats

FEWEST_SHIFTS: Final = 20
"""With fewer, no p-value can be below 5%."""


@dataclass(frozen=True)
class Placebo:
    """A statistic beside what it is at other shifts.

    Attributes:
        statistic: at no shift.
        p_value: two-sided.
        shifted: the statistic at each admissible shift at which anything meets, by ascending shift.
        independent: how many independent shifts these are worth.
    """

    statistic: float
    p_value: float
    shifted: Floats
    independent: float


def placebo_test(weights: Floats, outcomes: Floats, horizon: int) -> Placebo | None:
    """Is the weighted mean outcome larger, either way, than the same weights give on other days?

    The statistic is the sum of weight times outcome over the sum of |weight| where both are known: with verdicts (-1, 0, 1)
    and excess returns, the mean signed excess return; with 1 for a verdict and hits above the base rate, its lift.

    The p-value is (1 + shifts at least as far from 0) / (1 + shifts), but never below that of a t statistic, the statistic
    over its root mean square at the shifts, with as many degrees of freedom as there are independent shifts: neighbouring
    shifts are nearly the same one, and over 250 sessions at a horizon of 20 the count alone rejects 8% at 5%.

    Args:
        weights: sessions down, symbols across; NaN where nothing was said.
        outcomes: the same, NaN where unknown; above each symbol's own mean, or a shift changes what is expected.
        horizon: of the outcomes, in sessions.

    Returns:
        None with fewer than 10 weighted outcomes, fewer than 20 admissible shifts, or where no shift changes anything.
    """
    count, apart = len(weights), 2 * horizon + 10
    shift = np.arange(count)
    admissible = np.minimum(shift, count - shift) > apart
    met = np.isfinite(outcomes) & (np.nan_to_num(weights) != 0)
    if met.sum() < FEWEST or admissible.sum() < FEWEST_SHIFTS:
        return None
    means = shifted_means(weights, outcomes)
    statistic, shifted = float(means[0]), means[admissible]
    shifted = shifted[np.isfinite(shifted)]
    spread = float(np.sqrt((shifted**2).mean())) if len(shifted) else 0.0
    # what a Fourier transform leaves of zero
    noise = 1e-12 * float(np.abs(outcomes[met]).max())
    if len(shifted) < FEWEST_SHIFTS or spread <= noise:
        return None
    counted = (1 + int((np.abs(shifted) >= abs(statistic) - noise).sum())) / (1 + len(shifted))
    independent = independent_shifts(shifted, apart)
    tail = 2 * float(student.sf(abs(statistic) / spread, independent))
    return Placebo(statistic, max(counted, tail), shifted, independent)


def shifted_means(weights: Floats, outcomes: Floats) -> Floats:
    """The weighted mean outcome with the weights shifted by 0, 1, ... T - 1 sessions round the circle; NaN where nothing meets."""
    known = np.isfinite(outcomes)
    said = np.nan_to_num(weights)
    sums = _circular(said, np.where(known, outcomes, 0.0))
    weight = _circular(np.abs(said), known.astype(np.float64))
    some = weight > 1e-9 * np.abs(said).max(initial=0.0)
    return np.divide(sums, weight, out=np.full(len(weights), np.nan), where=some)


def independent_shifts(shifted: Floats, lags: int) -> float:
    """How many independent numbers have a mean square as sure as that of these: K / (1 + 2 sum of squared autocorrelations).

    The variance of a sample variance is Bartlett's (1946). The squares of estimated autocorrelations are each too large by
    the variance of the estimate, 1 / independent, which is taken off: solved for it, (K + 2 lags) / (1 + 2 sum).
    """
    count = len(shifted)
    lags = min(lags, count - 1)
    covariance = np.array([shifted[lag:] @ shifted[: count - lag] for lag in range(lags + 1)])
    squares = float(((covariance[1:] / covariance[0]) ** 2).sum())
    return min((count + 2 * lags) / (1 + 2 * squares), float(count))


def _circular(first: Floats, second: Floats) -> Floats:
    """Sum over sessions t and symbols of first[t - k] second[t], for each shift k round the circle."""
    count = len(first)
    product = (np.conj(rfft(first, axis=0)) * rfft(second, axis=0)).sum(axis=1)
    return np.asarray(irfft(product, count), np.float64)
