"""Verdicts against outcomes: the direction, and the three classes of a fall, a move too small to count, and a rise."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result
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
"""Outcomes that the climatology counts for in addition to those of a verdict: a frequency of few outcomes is not a forecast."""
HISTORY = 20
"""Sessions whose outcomes must be known before a forecast is made of them."""


@dataclass(frozen=True)
class IndependenceTest(Result):
    """Whether verdicts and outcomes are independent (Pesaran & Timmermann 1992, for dependent days); None: not testable.

    Attributes:
        statistic: the test statistic.
        p_value: two-sided; small if verdicts and outcomes go together.
    """

    statistic: float | None
    p_value: float | None


@dataclass(frozen=True)
class TimingTest(Result):
    """Whether verdicts distinguish rises from falls (Henriksson & Merton 1981).

    Attributes:
        timing: P(said up | went up) - P(said up | went down): 0 without skill, 1 with perfect foresight; None where undefined.
        ci: its 95% interval; None where it cannot be tested.
        p_value: two-sided; None likewise.
    """

    timing: float | None
    ci: tuple[float, float] | None
    p_value: float | None


@dataclass(frozen=True)
class Direction(Result):
    """Bullish and bearish verdicts together: how often the direction was right.

    Attributes:
        n: directional verdicts followed by a move.
        share_right: None, like the one below, where n is 0.
        share_expected: what it would be if verdicts and outcomes as frequent as these were independent.
        pesaran_timmermann: test of independence.
        henriksson_merton: test of timing.
    """

    n: int
    share_right: float | None
    share_expected: float | None
    pesaran_timmermann: IndependenceTest
    henriksson_merton: TimingTest


@dataclass(frozen=True)
class ThreeClasses(Result):
    """Verdicts against the classes fell, flat and rose, for one dead band.

    Attributes:
        dead_band: moves of fewer standard deviations are flat.
        n: verdicts with a known outcome.
        confusion: counts: bearish, neutral, bullish down; fell, flat, rose across.
        mcc: Matthews correlation of verdict and outcome; None where either never varies.
        rps: ranked probability score of the forecasts by verdict, lower is better; None before there is enough history.
        rps_climatology: that of the frequencies of the outcomes known at the time; None likewise.
        rps_skill: share of the climatology's score that the verdicts do without; None likewise.
    """

    dead_band: float
    n: int
    confusion: tuple[tuple[int, ...], ...]
    mcc: float | None
    rps: float | None
    rps_climatology: float | None
    rps_skill: float | None


def direction(panel: Panel, horizon: int) -> Direction:
    """Whether bullish and bearish verdicts distinguish rises from falls; outcomes without a move are left out."""
    directional = np.where(panel.verdict == 0, np.nan, panel.verdict)
    accuracy = directional_accuracy(directional, panel.following(horizon), horizon)
    above, timing = accuracy.above_expected, accuracy.timing_error
    return Direction(
        n=accuracy.n,
        share_right=accuracy.share_right,
        share_expected=accuracy.share_expected,
        pesaran_timmermann=IndependenceTest(above.t if above else None, above.p_value if above else None),
        henriksson_merton=TimingTest(
            accuracy.timing, timing.interval if timing else None, timing.p_value if timing else None
        ),
    )


def three_classes(panel: Panel, horizon: int) -> tuple[ThreeClasses, ...]:
    """Per dead band: verdicts by outcomes, their correlation, and how good a forecast of the classes a verdict makes.

    The forecast of a verdict is how often the three outcomes followed that verdict before, in any symbol; it is compared with
    how often they occurred at all. Both know only outcomes whose window had ended by the session of the verdict.
    """
    outcome, volatility = panel.following(horizon), ewma_volatility(panel) * np.sqrt(horizon)
    return tuple(
        _with_band(panel, outcome, volatility * band if band else np.zeros_like(outcome), band, horizon)
        for band in DEAD_BANDS
    )


def _with_band(panel: Panel, outcome: Floats, limit: Floats, band: float, horizon: int) -> ThreeClasses:
    known = np.isfinite(panel.verdict) & np.isfinite(outcome) & np.isfinite(limit)
    date = np.nonzero(known)[0]
    verdict = panel.verdict[known].astype(np.int64) + 1
    outcome_class = ((outcome > limit).astype(np.int64) - (outcome < -limit) + 1)[known]
    confusion = confusion_matrix(verdict, outcome_class, 3)
    by_verdict, climatology, scored = _forecasts(
        date, verdict, outcome_class, len(panel.dates), panel.outcomes.known_after(horizon)
    )
    score = reference = None
    if scored.any():
        score = float(ranked_probability_score(by_verdict[scored], outcome_class[scored]).mean())
        reference = float(ranked_probability_score(climatology[scored], outcome_class[scored]).mean())
    return ThreeClasses(
        dead_band=band,
        n=len(verdict),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        mcc=matthews_correlation(confusion),
        rps=score,
        rps_climatology=reference,
        rps_skill=None if score is None or reference is None else skill_score(score, reference),
    )


def _forecasts(
    date: Integers, verdict: Integers, outcome_class: Integers, dates: int, delay: int
) -> tuple[Floats, Floats, np.ndarray]:
    """Per row: frequencies of the outcomes after its verdict, those after any, and whether enough were known."""
    counts = np.bincount((date * 3 + verdict) * 3 + outcome_class, minlength=dates * 9).reshape(dates, 3, 3)
    known = np.zeros((dates, 3, 3))
    known[delay:] = np.cumsum(counts, axis=0)[: max(dates - delay, 0)]
    sessions = np.zeros(dates)
    sessions[delay:] = np.cumsum(counts.any(axis=(1, 2)))[: max(dates - delay, 0)]
    every = known.sum(axis=1)
    climatology = every / np.maximum(every.sum(axis=1, keepdims=True), 1)
    by_verdict = (known + PRIOR * climatology[:, None, :]) / np.maximum(known.sum(axis=2, keepdims=True) + PRIOR, 1)
    return by_verdict[date, verdict], climatology[date], sessions[date] >= HISTORY
