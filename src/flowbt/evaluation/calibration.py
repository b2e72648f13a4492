"""Is a score calibrated? Its probability of a rise, out of sample, against how often the price rose anyway.

Every 21 sessions a logistic curve of the score is fitted (Platt 1999) to all outcomes known by then, and predicts until
the next fit. It is compared with the climatology: the share of rises among the same outcomes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from flowbt.documents import Result
from flowbt.evaluation.effects import centred
from flowbt.evaluation.inference import FEWEST, Floats, Integers
from flowbt.evaluation.inference.circular_shift import association
from flowbt.evaluation.inference.logistic import logistic, platt_targets, predicted
from flowbt.evaluation.inference.scores import brier_score, reliability, skill_score
from flowbt.evaluation.panel import Panel

REFIT: Final = 21
BINS: Final = 10
PER_BIN: Final = 30
"""At most so many bins, of at least so many predictions."""
HISTORY: Final = 60
"""Sessions whose outcomes must be known before the first fit."""


@dataclass(frozen=True)
class CalibrationBin(Result):
    """Predictions of about the same probability.

    Attributes:
        predicted: mean probability of a rise.
        observed: share followed by a rise.
        n: predictions.
        ci: 95% interval of the share, on the effective number (Wilson).
    """

    predicted: float
    observed: float
    n: int
    ci: tuple[float, float]


@dataclass(frozen=True)
class Calibration(Result):
    """The score's probabilities of a rise, out of sample, against the climatology.

    Attributes:
        horizon: in sessions.
        n: predictions; all below is None or empty where there are none.
        brier: mean squared error of the probabilities (Brier 1950).
        brier_climatology: that of the share of rises known at the time.
        skill: share of the climatology's error that the score does without; below 0 it is worse.
        p_value: of the score adding nothing to the climatology; None where it cannot be tested.
        bins: lowest probability first.
    """

    horizon: int
    n: int
    brier: float | None = None
    brier_climatology: float | None = None
    skill: float | None = None
    p_value: float | None = None
    bins: tuple[CalibrationBin, ...] = ()


def calibration(panel: Panel, horizon: int) -> Calibration:
    """Brier score of the score's probabilities against climatology, and how often what was predicted occurred.

    The p-value is of the score adding nothing to the climatology: the covariance of what it adds with what the climatology misses
    has mean zero then, while the difference of the scores has not, since the curve has a slope to estimate that the
    climatology has not (Clark & West 2007).
    """
    outcome = panel.following(horizon)
    known = np.isfinite(panel.score) & np.isfinite(outcome)
    date, symbol = np.nonzero(known)
    score, rose = panel.score[known], (outcome[known] > 0).astype(np.float64)
    probability, climatology = _predictions(date, score, rose, len(panel.dates), panel.outcomes.known_after(horizon))
    made = np.isfinite(probability)
    if not made.any():
        return Calibration(horizon, 0)
    date, symbol = date[made], symbol[made]
    rose, probability, climatology = rose[made], probability[made], climatology[made]
    fewer = min(BINS, max(len(rose) // PER_BIN, 2))
    bins = reliability(probability, rose, date, len(panel.dates), horizon, fewer)
    brier, reference = (float(brier_score(forecast, rose).mean()) for forecast in (probability, climatology))
    return Calibration(
        horizon=horizon,
        n=len(rose),
        brier=brier,
        brier_climatology=reference,
        skill=skill_score(brier, reference),
        p_value=_p_value(panel.score.shape, (date, symbol), rose - climatology, probability - climatology, horizon),
        bins=tuple(CalibrationBin(each.predicted, each.observed, each.n, each.interval) for each in bins),
    )


def _predictions(date: Integers, score: Floats, rose: Floats, dates: int, delay: int) -> tuple[Floats, Floats]:
    """Probability by the score and by climatology, one per row; NaN before there is history.

    Args:
        date: ascending.
        score: one per row.
        rose: one per row.
        dates: sessions in all.
        delay: sessions until an outcome is known.
    """
    probability, climatology = np.full(len(rose), np.nan), np.full(len(rose), np.nan)
    for start in range(0, dates, REFIT):
        seen = int(np.searchsorted(date, start - delay, side="right"))
        sessions = len(np.unique(date[:seen]))
        if sessions < HISTORY or min(rose[:seen].sum(), seen - rose[:seen].sum()) < FEWEST:
            continue
        ahead = slice(*np.searchsorted(date, [start, start + REFIT]))
        fitted = logistic(score[:seen], platt_targets(rose[:seen]))
        climatology[ahead] = rose[:seen].mean()
        probability[ahead] = predicted(fitted, score[ahead]) if fitted else climatology[ahead]
    return probability, climatology


def _p_value(
    shape: tuple[int, ...], at: tuple[Integers, Integers], missed: Floats, added: Floats, horizon: int
) -> float | None:
    if len(missed) < FEWEST:
        return None
    sides = [np.full(shape, np.nan) for _ in range(2)]
    for side, values in zip(sides, (added, missed), strict=True):
        side[at] = values
    span = slice(int(at[0][0]), int(at[0][-1]) + 1)
    signal, outcome = (centred(side[span]) for side in sides)
    # what climatology missed is known on days with a score only: a weekly score cannot be tested
    test = association(signal, outcome, horizon, known=np.isfinite(sides[1][span]))
    return test.p_value if test else None
