"""Scores as probabilities, out of sample."""

import numpy as np
from tests.evaluation.conftest import MakePanel

from flowbt.evaluation.calibration import HISTORY, _predictions, calibration


def informed(seed: int, strength: float, count: int = 400) -> tuple[list[float], list[float]]:
    draws = np.random.default_rng(seed)
    scores = draws.normal(size=count)
    rose = draws.random(count) < 1 / (1 + np.exp(-strength * scores))
    return list(scores), list(np.where(rose, 0.01, -0.01))


def test_a_score_that_knows_beats_climatology(make_panel: MakePanel) -> None:
    scores, moves = informed(1, 1.5)
    found = calibration(make_panel([0] * 400, moves, scores=scores), 1)
    assert found["skill"] > 0.1
    assert found["p_value"] < 0.01
    observed = [row["observed"] for row in found["bins"]]
    assert observed[0] < 0.3
    assert observed[-1] > 0.7


def test_a_score_that_knows_nothing_has_no_skill(make_panel: MakePanel) -> None:
    scores, moves = informed(2, 0.0)
    found = calibration(make_panel([0] * 400, moves, scores=scores), 1)
    assert found["skill"] < 0.02
    assert found["p_value"] > 0.05


def test_nothing_is_predicted_before_there_is_history(make_panel: MakePanel) -> None:
    scores, moves = informed(3, 1.0, HISTORY)
    found = calibration(make_panel([0] * HISTORY, moves, scores=scores), 1)
    assert (found["n"], found["brier"], found["bins"]) == (0, None, [])


def test_predictions_do_not_know_outcomes_that_had_not_ended() -> None:
    scores, moves = (np.array(side) for side in informed(4, 1.0))
    rose = (moves > 0).astype(float)
    other = np.where(np.arange(400) < 200, rose, 1 - rose)
    delay, turn = 6, 200
    (told, base), (told_otherwise, base_otherwise) = (
        _predictions(np.arange(400), scores, came, 400, delay) for came in (rose, other)
    )
    seen = slice(0, turn + delay)
    assert np.array_equal(told[seen], told_otherwise[seen], equal_nan=True)
    assert np.array_equal(base[seen], base_otherwise[seen], equal_nan=True)
    assert not np.array_equal(told[turn + delay :], told_otherwise[turn + delay :])


def test_no_scores_nothing_to_calibrate(make_panel: MakePanel) -> None:
    found = calibration(make_panel([1] * 100, [0.01] * 100, scores=[None] * 100), 1)
    assert (found["n"], found["skill"], found["p_value"]) == (0, None, None)
