"""Scores as probabilities: out of sample, against the climatology known then."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.evaluation.calibration import HISTORY, REFIT, Calibration, _predictions, calibration
from flowbt.evaluation.inference.logistic import logistic, platt_targets, predicted

DRAWS = np.random.default_rng(0)
DAYS = 300
SCORE = DRAWS.normal(size=DAYS)
ROSE = (DRAWS.uniform(size=DAYS) < 1 / (1 + np.exp(-1.5 * SCORE))).astype(float)


def test_predictions_are_of_the_fit_to_what_was_known_at_the_last_refit() -> None:
    delay = 5
    probability, climatology = _predictions(np.arange(DAYS), SCORE, ROSE, DAYS, delay)
    start = REFIT * 5
    count = start - delay + 1
    fitted = logistic(SCORE[:count], platt_targets(ROSE[:count]))
    assert fitted is not None
    assert probability[start : start + REFIT] == pytest.approx(predicted(fitted, SCORE[start : start + REFIT]))
    assert climatology[start : start + REFIT] == pytest.approx(ROSE[:count].mean())


def test_there_is_no_prediction_before_there_is_history() -> None:
    probability, _ = _predictions(np.arange(DAYS), SCORE, ROSE, DAYS, 1)
    first = int(np.flatnonzero(np.isfinite(probability))[0])
    assert first == 63  # the first multiple of 21 at which 60 outcomes are known
    assert first >= HISTORY


@pytest.mark.parametrize("cut", [84, 150, 231])
def test_a_prediction_knows_no_outcome_whose_window_had_not_ended(cut: int) -> None:
    delay = 6
    poisoned = ROSE.copy()
    poisoned[cut - delay + 1 :] = 1 - poisoned[cut - delay + 1 :]
    clean, changed = (_predictions(np.arange(DAYS), SCORE, told, DAYS, delay) for told in (ROSE, poisoned))
    for before, after in zip(clean, changed, strict=True):
        assert np.array_equal(before[: cut + 1], after[: cut + 1], equal_nan=True)


@pytest.mark.parametrize("cut", [100, 200])
def test_predictions_do_not_change_when_days_are_added(cut: int) -> None:
    whole, part = (_predictions(np.arange(n), SCORE[:n], ROSE[:n], n, 2) for n in (DAYS, cut))
    for longer, shorter in zip(whole, part, strict=True):
        assert np.array_equal(longer[:cut], shorter, equal_nan=True)


def test_a_score_that_knows_is_better_than_climatology_and_reliable(make_panel: MakePanel) -> None:
    told = calibration(make_panel(np.zeros(DAYS), 0.01 * (2 * ROSE - 1), scores=SCORE), 1)
    assert known(told.skill) > 0.15
    assert known(told.brier) < known(told.brier_climatology)
    assert known(told.p_value) < 0.001
    assert sum(bin_.n for bin_ in told.bins) == told.n == DAYS - 63
    assert told.bins[0].observed < 0.4
    assert told.bins[-1].observed > 0.6
    for bin_ in told.bins:
        assert bin_.ci[0] <= bin_.observed <= bin_.ci[1]


def test_a_score_that_knows_nothing_has_no_skill(make_panel: MakePanel) -> None:
    told = calibration(make_panel(np.zeros(DAYS), 0.01 * (2 * ROSE - 1), scores=DRAWS.normal(size=DAYS)), 1)
    assert known(told.skill) < 0.02
    assert known(told.p_value) > 0.01


def test_a_score_that_never_changes_is_the_climatology(make_panel: MakePanel) -> None:
    told = calibration(make_panel(np.zeros(DAYS), 0.01 * (2 * ROSE - 1)), 1)
    assert told.skill == pytest.approx(0.0)
    assert told.p_value is None


@pytest.mark.parametrize("scores", [np.full(DAYS, np.nan), np.where(np.arange(DAYS) < 40, SCORE, np.nan)])
def test_too_few_scores_give_no_prediction(make_panel: MakePanel, scores: np.ndarray) -> None:
    told = calibration(make_panel(np.ones(DAYS), 0.01 * (2 * ROSE - 1), scores=scores), 1)
    assert told == Calibration(horizon=1, n=0)
    assert (told.brier, told.brier_climatology, told.skill, told.p_value, told.bins) == (None, None, None, None, ())
