"""Random phases: what they keep, what they change."""

import numpy as np
import pytest

from flowbt.evaluation.inference.rotation import far_from_zero, studentised, turned


def test_far_is_more_than_apart_either_way_round() -> None:
    far = far_from_zero(8, np.array([2, 3]))
    assert np.flatnonzero(far[0]).tolist() == [3, 4, 5]
    assert np.flatnonzero(far[1]).tolist() == [4]


def test_the_statistic_is_over_the_root_mean_square_of_the_far_shifts() -> None:
    t, error = studentised(np.array([[10.0, 99.0, 3.0, -4.0, 99.0]]), np.array([1]))
    assert error == pytest.approx([np.sqrt(12.5)])
    assert t == pytest.approx(10 / np.sqrt(12.5))


def test_a_cell_of_zeros_has_no_statistic() -> None:
    assert np.isnan(studentised(np.zeros((1, 50)), np.array([3]))[0]).all()
    assert (turned(np.zeros((1, 50)), np.array([3]), draws=5) == 0).all()


def test_the_same_seed_gives_the_same_draws_whatever_the_unit() -> None:
    shifted = np.random.default_rng(0).normal(size=(2, 101))
    first, scaled = (turned(unit * shifted, np.array([12, 20]), 30, seed=4) for unit in (1.0, 1e-6))
    assert first == pytest.approx(scaled)


def test_cells_are_turned_together() -> None:
    shifted = np.random.default_rng(1).normal(size=(1, 90))
    null = turned(np.concatenate([shifted, -shifted]), np.array([12, 12]), 40)
    assert null[:, 0] == pytest.approx(-null[:, 1])


def test_independent_shifts_give_nearly_the_normal() -> None:
    null = turned(np.random.default_rng(2).normal(size=(1, 1000)), np.array([12]), 4000)
    assert np.quantile(np.abs(null), 0.95) == pytest.approx(1.96, abs=0.1)


def test_few_independent_shifts_give_wider_tails() -> None:
    noise = np.random.default_rng(3).normal(size=250)
    smooth = np.convolve(np.concatenate([noise, noise]), np.ones(40), "same")[125:375][None]
    null = turned(smooth, np.array([50]), 4000)
    assert np.quantile(np.abs(null), 0.95) > 2.2
