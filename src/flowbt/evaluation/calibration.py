"""Is a score good for a probability? Predictions of a rise out of sample, against how often it rose anyway.

Every 21 sessions a logistic curve of the score is fitted (Platt 1999) to all outcomes known by then, and predicts until
the next fit. Beside it stands the climatology: the share of rises among the same outcomes.
"""

from typing import Any

import numpy as np

from flowbt.evaluation.effects import centred
from flowbt.evaluation.inference import FEWEST, Floats, Integers
from flowbt.evaluation.inference.circular_shift import association
from flowbt.evaluation.inference.logistic import logistic, platt_targets, predicted
from flowbt.evaluation.inference.scores import brier_score, reliability, skill_score
from flowbt.evaluation.panel import Panel

REFIT = 21
BINS, PER_BIN = 10, 30
"""At most so many bins, of at least so many predictions."""
HISTORY = 60
"""Sessions whose outcomes must be known before the first fit."""


def calibration(panel: Panel, horizon: int) -> dict[str, Any]:
    """Brier score of the score's probabilities against climatology, and whether what was predicted came as often.

    The p-value is of the score adding nothing to the climatology: the covariance of what it adds with what the climatology misses
    has mean zero then, while the difference of the scores has not, since the curve has a slope to estimate that the
    climatology has not (Clark & West 2007).

    Returns:
        `horizon, n` (predictions), `brier, brier_climatology, skill, p_value, bins: [{predicted, observed, n, ci}]`.
    """
    outcome = panel.following(horizon)
    known = np.isfinite(panel.score) & np.isfinite(outcome)
    date, symbol = np.nonzero(known)
    score, rose = panel.score[known], (outcome[known] > 0).astype(np.float64)
    probability, climatology = _predictions(date, score, rose, len(panel.dates), panel.outcomes.known_after(horizon))
    made = np.isfinite(probability)
    if not made.any():
        return _document(horizon, 0, None, None, None, [])
    date, symbol = date[made], symbol[made]
    rose, probability, climatology = rose[made], probability[made], climatology[made]
    fewer = min(BINS, max(len(rose) // PER_BIN, 2))
    bins = reliability(probability, rose, date, len(panel.dates), horizon, fewer)
    return _document(
        horizon,
        len(rose),
        float(brier_score(probability, rose).mean()),
        float(brier_score(climatology, rose).mean()),
        _p_value(panel.score.shape, (date, symbol), rose - climatology, probability - climatology, horizon),
        [{"predicted": b.predicted, "observed": b.observed, "n": b.n, "ci": b.interval} for b in bins],
    )


def _document(
    horizon: int,
    n: int,
    brier: float | None,
    reference: float | None,
    p_value: float | None,
    bins: list[dict[str, Any]],
) -> dict[str, Any]:
    skill = None if brier is None or reference is None else skill_score(brier, reference)
    return {
        "horizon": horizon,
        "n": n,
        "brier": brier,
        "brier_climatology": reference,
        "skill": skill,
        "p_value": p_value,
        "bins": bins,
    }


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
    said, came = (centred(side[span]) for side in sides)
    # what climatology missed is known on days with a score only: of a weekly score nothing can be said
    found = association(said, came, horizon, known=np.isfinite(sides[1][span]))
    return found.p_value if found else None
