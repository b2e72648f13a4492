"""The same level on other days: means and influences, against loops and against small changes of a day's weight."""

import numpy as np
import pytest

from flowbt.evaluation.levels.placebo_days import MEMORY, against_other_days, comparable, far, on_other_days


def test_near_days_are_left_out() -> None:
    others = np.arange(200)
    found = far(np.array([100]), others, 5)[0]
    assert others[~found].tolist() == list(range(100 - MEMORY - 5, 100 + MEMORY + 6))


def test_in_a_short_history_a_quarter_at_most() -> None:
    others = np.arange(40)
    assert others[~far(np.array([0]), others, 5)[0]].tolist() == list(range(11))


def test_only_days_with_the_price_on_the_same_side_are_like_it() -> None:
    direction = np.where(np.arange(200) % 2 == 0, 1.0, -1.0)
    direction[:20] = np.nan
    found = comparable(np.array([100]), np.arange(200), 5, direction)[0]
    assert set(np.flatnonzero(found) % 2) == {0}
    assert np.flatnonzero(found).min() == 20


def test_where_hardly_any_is_like_it_all_far_days_count() -> None:
    direction = np.ones(200)
    direction[0] = -1.0
    days = np.arange(200)
    assert np.array_equal(comparable(np.array([0]), days, 5, direction), far(np.array([0]), days, 5))


def test_each_level_is_compared_with_its_own_other_days() -> None:
    weights = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
    outcomes = np.array([[9.0, 0.0, 1.0], [1.0, 9.0, 1.0]])
    part = on_other_days(np.ones(2), np.array([1.0, 0.0]), weights, outcomes, np.arange(3))
    assert part.expected == pytest.approx([0.5, 1.0])
    placebo, found = against_other_days(0.5, [part], [np.arange(2)], 1, windows=0)
    assert found.difference == pytest.approx((0.5 - 1.0) / 2)
    assert placebo == pytest.approx(0.75)


def test_a_level_without_other_days_does_not_count() -> None:
    weights = np.array([[0.0, 0.0], [1.0, 1.0]])
    part = on_other_days(np.ones(2), np.array([1.0, 0.0]), weights, np.ones((2, 2)), np.arange(2))
    assert part.weight.tolist() == [0.0, 1.0]
    assert against_other_days(0.5, [part], [np.arange(2)], 1, windows=0) == (
        None,
        against_other_days(None, [], [], 1, 0)[1],
    )


def test_the_influence_of_another_day_is_the_change_with_its_weight() -> None:
    draw = np.random.default_rng(2)
    weight, outcome = draw.uniform(0.5, 1, 6), draw.normal(size=6)
    weights, outcomes = draw.integers(0, 2, (6, 9)).astype(float), draw.normal(size=(6, 9))
    weights[:, 0] = 1.0

    def difference(change: float, day: int) -> float:
        changed = weights.copy()
        changed[:, day] *= 1 + change
        expected = (changed * outcomes).sum(axis=1) / changed.sum(axis=1)
        return float(weight @ (outcome - expected)) / float(weight.sum())

    part = on_other_days(weight, outcome, weights, outcomes, np.arange(9))
    for day in range(9):
        slope = (difference(1e-6, day) - difference(-1e-6, day)) / 2e-6
        assert -part.share[day] / weight.sum() == pytest.approx(slope, abs=1e-8)


def test_influences_sum_to_nothing() -> None:
    draw = np.random.default_rng(3)
    part = on_other_days(np.ones(5), draw.normal(size=5), np.ones((5, 8)), draw.normal(size=(5, 8)), np.arange(8))
    assert part.share.sum() == pytest.approx(0.0, abs=1e-12)
