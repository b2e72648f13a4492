"""Verdicts against what came: the direction, and the three classes of a fall, no move to speak of, and a rise."""

from typing import Any, Final

import numpy as np

from flowbt.evaluation.inference import Floats, Integers
from flowbt.evaluation.inference.direction import directional_accuracy
from flowbt.evaluation.inference.scores import (
    confusion_matrix,
    matthews_correlation,
    ranked_probability_score,
    skill_score,
)
from flowbt.evaluation.panel import Panel
from flowbt.evaluation.trailing import ewma_volatility

DEAD_BANDS: Final = (0.0, 0.25, 0.5)
"""Moves of fewer standard deviations than this, volatility as known at the verdict, are no move."""
PRIOR = 10
"""How many outcomes the climatology counts for beside those of a verdict: a frequency of few is no forecast."""
HISTORY = 20
"""Sessions whose outcomes must be known before a forecast is made of them."""


def direction(panel: Panel, horizon: int) -> dict[str, Any]:
    """Whether bullish and bearish verdicts tell rises from falls; outcomes without a move are left out.

    Returns:
        `n, share_right, share_expected, pesaran_timmermann: {statistic, p_value}, henriksson_merton: {timing, ci, p_value}`,
        None where it cannot be said.
    """
    said = np.where(panel.verdict == 0, np.nan, panel.verdict)
    found = directional_accuracy(said, panel.following(horizon), horizon)
    above, timing = found.above_expected, found.timing_error
    return {
        "n": found.n,
        "share_right": found.share_right,
        "share_expected": found.share_expected,
        "pesaran_timmermann": {"statistic": above.t if above else None, "p_value": above.p_value if above else None},
        "henriksson_merton": {
            "timing": found.timing,
            "ci": timing.interval if timing else None,
            "p_value": timing.p_value if timing else None,
        },
    }


def three_classes(panel: Panel, horizon: int) -> list[dict[str, Any]]:
    """Per dead band: verdicts by outcomes, their correlation, and how good a forecast of the classes a verdict makes.

    The forecast of a verdict is how often the three outcomes followed that verdict before, in any symbol; what it is held
    against is how often they came at all. Both know only outcomes whose window had ended by the session of the verdict.

    Returns:
        `dead_band, n, confusion` (bearish, neutral, bullish down; fell, flat, rose across), `mcc, rps, rps_climatology,
        rps_skill`; None where it cannot be said.
    """
    outcome, volatility = panel.following(horizon), ewma_volatility(panel) * np.sqrt(horizon)
    return [
        _with_band(panel, outcome, volatility * band if band else np.zeros_like(outcome), band, horizon)
        for band in DEAD_BANDS
    ]


def _with_band(panel: Panel, outcome: Floats, limit: Floats, band: float, horizon: int) -> dict[str, Any]:
    known = np.isfinite(panel.verdict) & np.isfinite(outcome) & np.isfinite(limit)
    date = np.nonzero(known)[0]
    said = panel.verdict[known].astype(np.int64) + 1
    came = ((outcome > limit).astype(np.int64) - (outcome < -limit) + 1)[known]
    confusion = confusion_matrix(said, came, 3)
    by_verdict, climatology, scored = _forecasts(
        date, said, came, len(panel.dates), panel.outcomes.known_after(horizon)
    )
    score = reference = None
    if scored.any():
        score = float(ranked_probability_score(by_verdict[scored], came[scored]).mean())
        reference = float(ranked_probability_score(climatology[scored], came[scored]).mean())
    return {
        "dead_band": band,
        "n": len(said),
        "confusion": confusion.tolist(),
        "mcc": matthews_correlation(confusion),
        "rps": score,
        "rps_climatology": reference,
        "rps_skill": None if score is None or reference is None else skill_score(score, reference),
    }


def _forecasts(
    date: Integers, said: Integers, came: Integers, dates: int, delay: int
) -> tuple[Floats, Floats, np.ndarray]:
    """Per row: frequencies of the outcomes after its verdict, those after any, and whether enough were known."""
    counts = np.bincount((date * 3 + said) * 3 + came, minlength=dates * 9).reshape(dates, 3, 3)
    known = np.zeros((dates, 3, 3))
    known[delay:] = np.cumsum(counts, axis=0)[: max(dates - delay, 0)]
    sessions = np.zeros(dates)
    sessions[delay:] = np.cumsum(counts.any(axis=(1, 2)))[: max(dates - delay, 0)]
    every = known.sum(axis=1)
    climatology = every / np.maximum(every.sum(axis=1, keepdims=True), 1)
    by_verdict = (known + PRIOR * climatology[:, None, :]) / np.maximum(known.sum(axis=2, keepdims=True) + PRIOR, 1)
    return by_verdict[date, said], climatology[date], sessions[date] >= HISTORY
