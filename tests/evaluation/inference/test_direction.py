"""Direction: the published table, the chi-square that it equals, and shares that can be counted by hand."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from flowbt.evaluation.inference.direction import directional_accuracy, pesaran_timmermann


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_the_published_table() -> None:
    found = pesaran_timmermann(60, 40, 45, 55)
    assert (found.share_right, found.share_expected) == pytest.approx((0.575, 0.5))
    assert found.statistic == pytest.approx(2.12398, abs=5e-6)


@pytest.mark.parametrize("table", [(60, 40, 45, 55), (5, 1, 2, 9), (100, 3, 90, 4), (7, 20, 30, 8)])
def test_its_square_is_the_uncorrected_chi_square(table: tuple[int, int, int, int]) -> None:
    chi_square, p_value, _, _ = chi2_contingency(np.reshape(table, (2, 2)), correction=False)
    found = pesaran_timmermann(*table)
    assert found.statistic is not None
    assert found.statistic**2 == pytest.approx(chi_square)
    assert found.p_value == pytest.approx(p_value)


def test_calling_a_rise_every_day_shows_nothing() -> None:
    found = pesaran_timmermann(70, 30, 0, 0)
    assert (found.share_right, found.share_expected) == pytest.approx((0.7, 0.7))
    assert (found.statistic, found.p_value) == (None, None)


def test_no_forecasts_show_nothing() -> None:
    assert pesaran_timmermann(0, 0, 0, 0).statistic is None
    assert directional_accuracy(np.full((5, 2), np.nan), np.ones((5, 2)), 1).n == 0


def test_shares_and_timing_by_hand() -> None:
    """Up: 2 of 3 right; down: 1 of 2 right. It rose 3 times of 5."""
    found = directional_accuracy(column(1, 1, 1, -1, -1), column(0.1, 0.2, -0.1, 0.1, -0.3), 1)
    assert (found.n, found.share_right) == pytest.approx((5, 3 / 5))
    assert found.share_expected == pytest.approx(3 / 5 * 3 / 5 + 2 / 5 * 2 / 5)
    assert found.timing == pytest.approx(2 / 3 + 1 / 2 - 1)


def test_days_without_a_forecast_an_outcome_or_a_move_do_not_count() -> None:
    said = column(1, np.nan, 1, -1, -1)
    found = directional_accuracy(said, column(0.1, 0.2, np.nan, 0.0, -0.3), 1)
    assert (found.n, found.share_right) == (2, 1.0)


def test_picking_the_symbol_that_rises_gains_nothing() -> None:
    """AAA rises four times of five and is always called up; BBB falls four times of five and is always called down."""
    said = np.array([[1.0, -1.0]] * 5)
    moves = np.array([[0.1, -0.1]] * 4 + [[-0.1, 0.1]])
    found = directional_accuracy(said, moves, 1)
    assert found.share_right == pytest.approx(0.8)
    assert found.share_expected == pytest.approx(0.8)
    assert found.timing == pytest.approx(0.0)


def test_the_error_is_that_of_share_right_above_expected_and_of_timing() -> None:
    draws = np.random.default_rng(1)
    said = np.sign(draws.normal(size=(300, 1)))
    moves = draws.normal(size=(300, 1)) + 0.2 * said
    found = directional_accuracy(said, moves, 1)
    assert found.above_expected is not None
    assert found.timing_error is not None
    assert found.share_right is not None
    assert found.share_expected is not None
    assert found.above_expected.value == pytest.approx(found.share_right - found.share_expected)
    assert found.timing_error.value == pytest.approx(found.timing)


def test_on_independent_days_it_is_about_the_classical_statistic() -> None:
    draws = np.random.default_rng(4)
    said = np.sign(draws.normal(size=(600, 1)))
    moves = draws.normal(size=(600, 1)) + 0.1 * said
    found = directional_accuracy(said, moves, 1)
    up, rose = said[:, 0] > 0, moves[:, 0] > 0
    cells = [up & rose, up & ~rose, ~up & rose, ~up & ~rose]
    classical = pesaran_timmermann(*(int(cell.sum()) for cell in cells))
    assert found.above_expected is not None
    assert found.above_expected.t == pytest.approx(classical.statistic, rel=0.3)


def test_nine_calls_of_one_side_are_too_few_for_an_error() -> None:
    draws = np.random.default_rng(2)
    said = np.ones((200, 1))
    said[:9] = -1
    found = directional_accuracy(said, draws.normal(size=(200, 1)), 1)
    assert found.timing is not None
    assert (found.above_expected, found.timing_error) == (None, None)
