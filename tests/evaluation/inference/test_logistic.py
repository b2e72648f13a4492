"""The logistic curve against statsmodels."""

import numpy as np
import pytest
from statsmodels.discrete.discrete_model import Logit

from flowbt.evaluation.inference.logistic import logistic, platt_targets, predicted

DRAWS = np.random.default_rng(3)


def test_the_fit_equals_statsmodels() -> None:
    score = DRAWS.normal(size=300)
    outcome = (DRAWS.random(300) < 1 / (1 + np.exp(-(0.3 + 0.8 * score)))).astype(float)
    reference = Logit(outcome, np.column_stack([np.ones(300), score])).fit(disp=0)
    fitted = logistic(score, outcome)
    assert fitted is not None
    assert predicted(fitted, score) == pytest.approx(reference.predict(), abs=1e-6)


def test_platts_targets_are_drawn_in_by_the_counts() -> None:
    """Platt (1999): (n + 1) / (n + 2) for those that came, 1 / (m + 2) for those that did not."""
    assert platt_targets(np.array([1.0, 1, 0])) == pytest.approx([3 / 4, 3 / 4, 1 / 3])


def test_perfect_separation_has_a_finite_answer_by_platts_targets() -> None:
    score = np.array([-2.0, -1, 1, 2])
    fitted = logistic(score, platt_targets((score > 0).astype(float)))
    assert fitted is not None
    assert 0 < predicted(fitted, score)[0] < predicted(fitted, score)[-1] < 1


def test_a_score_that_does_not_vary_has_no_curve() -> None:
    assert logistic(np.ones(10), np.array([0.0, 1] * 5)) is None
