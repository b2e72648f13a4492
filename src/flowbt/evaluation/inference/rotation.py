"""Verdicts turned against outcomes, frequency by frequency: the test of the best of many cells over short samples.

A circular shift of verdicts by k sessions turns the part of frequency f by 2 pi f k / T. Over 250 sessions and a horizon of
20 no more than a dozen shifts are independent, too few to say what the best of many cells is worth. If verdicts and outcomes
have nothing to do with each other and are stationary, the phases of the frequencies are independent of each other too,
so each may be turned by an angle of its own: as many draws as one wants, in which verdicts keep all their persistence,
outcomes their overlap, and symbols what they share on a day, as all are turned by the same angles.

Prichard & Theiler (1994), "Generating surrogate data for time series with several simultaneously measured variables",
Physical Review Letters 73.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from flowbt.evaluation.inference.bootstrap import DRAWS
from flowbt.evaluation.inference.long_run import FEWEST, Floats
from flowbt.evaluation.inference.step_down import MaxT, Side, step_down

Spectrum = NDArray[np.complex128]


def max_t_of_rotations(
    cells: Sequence[tuple[Floats, Floats]],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    side: Side = "two",
    level: float = 0.05,
) -> MaxT:
    """Cells of weights against outcomes, judged together: studentised, by random phases, with step-down.

    Args:
        cells: of each, the weights (what was said: -1, 0, 1) and the outcomes that followed; both sessions down and symbols
            across, all of the same sessions. NaN is neither said nor known. Outcomes are taken above their symbol's mean.
            A cell with a weight on fewer than 10 symbol-days, or an outcome that never varies, is left out.
        draws: under the null.
        seed: the same seed gives the same answer.
        side: `two`, or `greater` where only outcomes in the direction of the weight are finds.
        level: of the survivors.
    """
    spectra = [cross_spectrum(weights, outcomes) for weights, outcomes in cells]
    parts = np.stack(spectra, axis=1) if cells else np.empty((0, 0), np.complex128)
    # the sum of all parts is the statistic; under random phases each contributes half its square to the variance
    deviation = np.sqrt((np.abs(parts) ** 2).sum(axis=0) / 2)
    enough = np.array([_said(weights, outcomes) >= FEWEST for weights, outcomes in cells], bool)
    kept = enough & (deviation > 1e-12 * _largest(cells)) if cells else enough
    t = np.full(len(cells), np.nan)
    t[kept] = parts.real.sum(axis=0)[kept] / deviation[kept]
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, (draws, len(parts)))
    turned = np.cos(angles) @ parts.real - np.sin(angles) @ parts.imag
    null = np.divide(turned, deviation, out=np.full_like(turned, np.nan), where=kept)
    return step_down(t, null, side, level)


def cross_spectrum(weights: Floats, outcomes: Floats) -> Spectrum:
    """What each frequency contributes to the sum of weight times outcome above its symbol's mean; the real parts add up to it."""
    count = len(weights)
    if not count:
        return np.empty(0, np.complex128)
    known = np.isfinite(outcomes)
    mean = np.where(known, outcomes, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    above = np.where(known, outcomes - mean, 0.0)
    both: Spectrum = (np.conj(rfft(np.nan_to_num(weights), axis=0)) * rfft(above, axis=0)).sum(axis=1)[1:] / count
    # a real series holds each frequency twice, but for the one of two sessions
    both[: (count - 1) // 2] *= 2
    return both


def _said(weights: Floats, outcomes: Floats) -> int:
    return int((np.isfinite(outcomes) & (np.nan_to_num(weights) != 0)).sum())


def _largest(cells: Sequence[tuple[Floats, Floats]]) -> Floats:
    """As large as each cell's sum could be: what rounding is to be compared with."""
    return np.array(
        [np.nansum(np.abs(weights)) * np.nanmax(np.abs(outcomes), initial=0) for weights, outcomes in cells]
    )
