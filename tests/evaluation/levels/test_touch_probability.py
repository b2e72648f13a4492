"""The reflection formula: in closed form, and against random walks."""

import numpy as np
import pytest
from scipy.stats import norm

from flowbt.evaluation.levels.touch_probability import touch_probability


def test_closed_form() -> None:
    found = touch_probability(np.array([0.0, 2.0, 4.0]), 4)
    assert found == pytest.approx([1.0, 2 * (1 - norm.cdf(1.0)), 2 * (1 - norm.cdf(2.0))])


def test_a_level_looked_at_once_a_day_is_farther_away() -> None:
    assert touch_probability(np.array([1.0]), 9, looks=True) == pytest.approx(2 * norm.sf((1 + 0.5826) / 3))


@pytest.mark.parametrize(("distance", "sessions"), [(0.8, 1), (1.5, 3), (2.0, 5), (3.0, 10)])
def test_against_random_walks(distance: float, sessions: int) -> None:
    """Highs from the Brownian bridge within each session are exact, so only the number of walks leaves an error."""
    draw = np.random.default_rng(4)
    count = 20_000
    steps = draw.standard_normal((count, sessions))
    close = np.cumsum(steps, axis=1)
    before = close - steps
    high = (before + close + np.sqrt(steps**2 - 2 * np.log(draw.uniform(size=steps.shape)))) / 2
    chance = touch_probability(np.array([distance]), sessions).item()
    error = 4 * np.sqrt(chance * (1 - chance) / count)
    assert (high.max(axis=1) >= distance).mean() == pytest.approx(chance, abs=error)
    looked = touch_probability(np.array([distance]), sessions, looks=True).item()
    # the correction is of first order: least exact where there is one look only
    assert (close.max(axis=1) >= distance).mean() == pytest.approx(looked, abs=error + (0.1 if sessions == 1 else 0.01))
