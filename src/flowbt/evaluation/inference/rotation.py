"""How large a statistic gets by luck, told from its circular shifts: by turning the phase of each frequency at random.

A statistic that is linear in what was said is a series on the circle: s_k, with the verdicts shifted by k sessions. If verdicts
and outcomes have nothing to do with each other, no shift is special; but near ones are nearly the same, and of 250 sessions at a
horizon of 20 about ten are independent: a share of them cannot say what a p-value of 5% is, less so for the best of many cells.
A shift by k turns the part of frequency f by 2 pi f k / T. Where both sides are stationary those phases are independent
of each other, so each may be turned by an angle of its own: as many draws as one wants, in which verdicts keep their persistence,
outcomes their overlap, cells and symbols what they share, as all are turned by the same angles (Prichard & Theiler 1994,
"Generating surrogate data for time series with several simultaneously measured variables", Physical Review Letters 73).

1. Shifts near 0 still meet the outcome that is in question, or, where verdicts follow prices, the one before it. They say
   nothing of luck and are set to 0.
2. The statistic is s_0 over the root mean square of the far shifts; that of a draw likewise, over its own far shifts. So the
   doubt about the scale, which is large where few shifts are independent, is in the draws too.
"""

from typing import Final

import numpy as np
from scipy.fft import irfft, rfft

from flowbt.evaluation.inference.long_run import Bools, Floats, Integers

DRAWS: Final = 1000
AT_A_TIME: Final = 2**20
"""Numbers that are turned at once: they fit in the cache."""


def far_from_zero(count: int, apart: Integers) -> Bools:
    """Which shifts round a circle of `count` sessions are more than `apart` away from none: cells down, shifts across."""
    shift = np.arange(count)
    return np.minimum(shift, count - shift) > apart[:, None]


def studentised(shifted: Floats, apart: Integers) -> tuple[Floats, Floats]:
    """The statistic at no shift over its root mean square at the far ones, and that root mean square; NaN and 0 where it is 0."""
    far = far_from_zero(shifted.shape[1], apart)
    error = np.sqrt(np.where(far, shifted**2, 0.0).sum(axis=1) / np.maximum(far.sum(axis=1), 1))
    return np.divide(shifted[:, 0], error, out=np.full(len(shifted), np.nan), where=error > 0), error


def turned(shifted: Floats, apart: Integers, draws: int = DRAWS, seed: int = 0) -> Floats:
    """The studentised statistics as luck has them: draws down, cells across.

    Args:
        shifted: each cell's statistic at shifts of 0 to T - 1 sessions, cells down; none NaN.
        apart: of each cell, how far from 0 a shift must be to say something of luck.
        draws: how many.
        seed: the same seed gives the same draws.
    """
    cells, count = shifted.shape
    far = far_from_zero(count, apart)
    parts = rfft(np.where(far, shifted, 0.0), axis=1)
    # what all shifts have in common is no luck
    parts[:, 0] = 0.0
    random = np.random.default_rng(seed)
    null = np.empty((draws, cells))
    step = max(AT_A_TIME // max(shifted.size, 1), 1)
    for first in range(0, draws, step):
        some = min(step, draws - first)
        angles = random.uniform(0, 2 * np.pi, (some, 1, parts.shape[1]))
        drawn = irfft(parts * np.exp(1j * angles), count, axis=2)
        scale = np.sqrt(np.where(far, drawn**2, 0.0).sum(axis=2) / np.maximum(far.sum(axis=1), 1))
        null[first : first + some] = np.divide(drawn[:, :, 0], scale, out=np.zeros_like(scale), where=scale > 0)
    return null
