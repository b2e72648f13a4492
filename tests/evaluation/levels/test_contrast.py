"""Differences and what may be said of luck."""

import numpy as np
import pytest
from scipy.stats import norm, t

from flowbt.evaluation.inference import estimate_from_influence
from flowbt.evaluation.levels.contrast import Contrast, contrast, is_testable, weighted, windows_in


@pytest.mark.parametrize(("horizon", "windows"), [(1, 7), (2, 4), (5, 3), (100, 1)])
def test_windows_that_do_not_overlap(horizon: int, windows: int) -> None:
    assert windows_in(np.array([0, 1, 2, 3, 3, 7, 8, 20]), horizon) == windows


def test_no_day_is_no_window() -> None:
    assert windows_in(np.array([], np.int64), 5) == 0


def test_a_weighted_mean_and_its_influence() -> None:
    found = weighted(np.array([1.0, 3.0, 0.0]), np.array([2.0, 4.0, np.nan]))
    assert found.value == pytest.approx(3.5)
    assert found.influence == pytest.approx([-0.375, 0.375, 0.0])
    assert weighted(np.zeros(2), np.array([1.0, np.nan])).value is None


def test_below_ten_windows_there_is_a_difference_and_no_more() -> None:
    part = (np.arange(40), np.random.default_rng(1).normal(size=40))
    assert contrast(0.1, [part], 1, windows=9) == Contrast(0.1)
    assert contrast(None, [part], 1, windows=99) == Contrast()


def test_what_comes_about_on_one_session_adds_up() -> None:
    influence = np.random.default_rng(1).normal(size=60) / 60
    whole = contrast(0.1, [(np.arange(60), influence)], 3, windows=60)
    halves = contrast(0.1, [(np.arange(60), influence / 2), (np.arange(60)[::-1], influence[::-1] / 2)], 3, windows=60)
    assert halves.ci == pytest.approx(whole.ci)


def test_few_windows_widen_the_interval_as_student_says() -> None:
    influence = np.random.default_rng(1).normal(size=60) / 60
    plain = estimate_from_influence(0.1, influence, 3)
    found = contrast(0.1, [(np.arange(60), influence)], 3, windows=12)
    assert plain is not None
    assert found.ci is not None
    assert found.p_value is not None
    wider = t.ppf(0.975, 11) / norm.ppf(0.975)
    assert found.ci[1] - 0.1 == pytest.approx(wider * (plain.interval[1] - 0.1))
    assert found.p_value == pytest.approx(2 * t.sf(norm.isf(plain.p_value / 2), 11))
    assert found.p_value > plain.p_value


def test_outcomes_that_never_vary_are_not_certain() -> None:
    none = weighted(np.ones(4), np.zeros(4), expected=0.25)
    assert none.value == 0.0
    assert none.influence == pytest.approx([-0.0625] * 4)
    assert weighted(np.ones(4), np.array([0.0, 0, 0, 1]), expected=0.9).influence.sum() == pytest.approx(0.0)


def test_nothing_is_said_of_what_could_hardly_have_been_otherwise() -> None:
    """None of 40 touched where one in a hundred is: 0.4 were to be expected. Where one in four is, ten were."""
    none = np.ones(40), np.zeros(40)
    assert not is_testable(*none, -0.01)
    assert is_testable(*none, -0.25)
    assert is_testable(np.ones(40), np.tile([0.0, 1.0], 20), -0.01)
