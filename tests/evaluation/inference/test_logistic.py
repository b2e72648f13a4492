"""Probabilities from a score: statsmodels as oracle, and fits that do not exist."""

import numpy as np
import pytest
from statsmodels.discrete.discrete_model import Logit

from flowbt.evaluation.inference.logistic import logistic, platt_targets, predicted


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (1e-6, 0.0), (1e8, 3e9), (1.0, 50.0)])
def test_the_fit_equals_statsmodels_in_any_unit(scale: float, shift: float) -> None:
    draws = np.random.default_rng(0)
    score = draws.standard_t(3, 400)
    came = (draws.uniform(size=400) < 1 / (1 + np.exp(-(0.4 + 0.8 * score)))).astype(float)
    fitted = logistic(score * scale + shift, came)
    theirs = Logit(came, np.column_stack([np.ones(400), score])).fit(disp=0)
    assert fitted is not None
    assert predicted(fitted, score * scale + shift) == pytest.approx(theirs.predict(), abs=1e-6)


def test_two_groups_get_their_shares() -> None:
    """Half of the first came, three quarters of the second."""
    fitted = logistic(np.repeat([0.0, 1.0], 4), np.array([1, 1, 0, 0, 1, 1, 1, 0.0]))
    assert fitted is not None
    assert predicted(fitted, np.array([0.0, 1.0])) == pytest.approx([0.5, 0.75])


@pytest.mark.parametrize(
    ("score", "came"),
    [([1.0, 1, 1, 1], [0.0, 1, 0, 1]), ([1.0, 2, 3, 4], [1.0, 1, 1, 1]), ([1.0, 2, 3, 4], [0.0, 0, 1, 1]), ([], [])],
)
def test_no_maximum_is_no_fit(score: list[float], came: list[float]) -> None:
    assert logistic(np.array(score), np.array(came)) is None


def test_platts_targets_are_drawn_in_from_certainty() -> None:
    """Two came of three: 3/4 for them, 1/3 for the other."""
    assert platt_targets(np.array([1.0, 0, 1])) == pytest.approx([0.75, 1 / 3, 0.75])


def test_with_platts_targets_a_score_that_parts_perfectly_has_a_fit() -> None:
    score, came = np.arange(20.0), (np.arange(20) >= 10).astype(float)
    fitted = logistic(score, platt_targets(came))
    assert fitted is not None
    low, high = predicted(fitted, np.array([0.0, 19.0]))
    assert 0 < low < 0.1
    assert 0.9 < high < 1
