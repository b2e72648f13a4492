"""Directional accuracy: the published table, the chi-square, and a panel by hand."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from flowbt.evaluation.inference.direction import directional_accuracy, pesaran_timmermann


def test_the_published_table() -> None:
    found = pesaran_timmermann(60, 40, 45, 55)
    assert (found.share_right, found.share_expected) == pytest.approx((0.575, 0.5))
    assert found.statistic == pytest.approx(2.12398, abs=1e-5)


@pytest.mark.parametrize("table", [(60, 40, 45, 55), (10, 30, 7, 12), (5, 5, 80, 10)])
def test_its_square_is_the_uncorrected_chi_square(table: tuple[int, int, int, int]) -> None:
    right_up, wrong_up, wrong_down, right_down = table
    chi = chi2_contingency([[right_up, wrong_up], [wrong_down, right_down]], correction=False)
    found = pesaran_timmermann(*table)
    assert found.statistic is not None
    assert found.statistic**2 == pytest.approx(chi.statistic)
    assert found.p_value == pytest.approx(chi.pvalue)


def test_one_direction_only_cannot_be_tested() -> None:
    assert pesaran_timmermann(5, 5, 0, 0).statistic is None
    assert pesaran_timmermann(0, 0, 0, 0).p_value is None


def test_a_panel_of_one_symbol_has_the_shares_of_its_table() -> None:
    said = np.array([1, 1, 1, -1, -1, np.nan])[:, None]
    moves = np.array([0.1, 0.2, -0.1, -0.2, 0.1, 0.3])[:, None]
    found, table = directional_accuracy(said, moves, 1), pesaran_timmermann(2, 1, 1, 1)
    assert (found.n, found.share_right) == pytest.approx((5, table.share_right))
    assert found.share_expected == pytest.approx(table.share_expected)


def test_timing_is_the_share_of_rises_called_less_the_share_of_falls_miscalled() -> None:
    said = np.array([1, 1, -1, -1, -1.0])[:, None]
    moves = np.array([1, 1, 1, -1, -1.0])[:, None]
    assert directional_accuracy(said, moves, 1).timing == pytest.approx(2 / 3 - 0)


def test_no_move_is_no_outcome() -> None:
    assert directional_accuracy(np.ones((3, 1)), np.zeros((3, 1)), 1).n == 0


def test_always_saying_up_in_a_rising_market_is_no_accuracy() -> None:
    found = directional_accuracy(np.ones((100, 1)), np.where(np.arange(100) % 5, 0.01, -0.01)[:, None], 1)
    assert (found.share_right, found.share_expected) == pytest.approx((0.8, 0.8))
    assert found.above_expected is None


def test_foresight_is_found() -> None:
    draws = np.random.default_rng(1)
    moves = draws.normal(size=(200, 1))
    said = np.where(draws.random((200, 1)) < 0.75, np.sign(moves), -np.sign(moves))
    found = directional_accuracy(np.where(draws.random((200, 1)) < 0.5, said, np.nan), moves, 1)
    assert found.above_expected is not None
    assert found.above_expected.p_value < 0.01
    assert found.above_expected.value == pytest.approx((found.share_right or 0) - (found.share_expected or 0))
    assert found.timing_error is not None
    assert found.timing_error.value == pytest.approx(found.timing)
