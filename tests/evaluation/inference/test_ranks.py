"""Rank correlation: scipy as oracle, and panels whose coefficient can be counted by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from flowbt.evaluation.inference.ranks import off_its_commonest, rank_correlation, spearman

DRAWS = np.random.default_rng(0)


@pytest.mark.parametrize("digits", [9, 0])
def test_it_equals_scipy_with_and_without_ties(digits: int) -> None:
    x, noise = DRAWS.normal(size=(2, 100))
    x, y = np.round(x, digits), np.round(x + noise, digits)
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)


@pytest.mark.parametrize("x", [[1.0, 1, 1], [1.0], []])
def test_what_does_not_vary_has_no_correlation(x: list[float]) -> None:
    assert spearman(np.array(x), np.arange(len(x), dtype=float)) is None


def test_across_symbols_it_is_the_mean_over_dates() -> None:
    """Ten symbols: on half of the dates the scores are in order of the moves, on the others two neighbours are swapped."""
    moves = np.tile(np.arange(10.0), (40, 1))
    score = moves.copy()
    score[20:, [4, 5]] = score[20:, [5, 4]]
    found = rank_correlation(score, moves, 1)
    swapped = 1 - 6 * 2 / (10 * 99)
    assert found.method == "across_symbols"
    assert found.n == 400
    assert found.value == pytest.approx((1 + swapped) / 2)
    assert found.ratio == pytest.approx((1 + swapped) / (1 - swapped))


def test_across_symbols_a_date_of_ten_weighs_as_much_as_one_of_twenty() -> None:
    moves = np.tile(np.arange(20.0), (20, 1))
    score = moves.copy()
    score[10:] = -score[10:]
    score[10:, :10] = np.nan
    assert rank_correlation(score, moves, 1).value == pytest.approx(0.0)


def test_with_few_symbols_it_is_over_time_and_a_symbol_weighs_by_its_pairs() -> None:
    """AAA: 30 pairs in order; BBB: 10 pairs in reverse."""
    moves = np.column_stack([np.arange(30.0), np.arange(30.0)])
    score = np.column_stack([np.arange(30.0), np.where(np.arange(30) < 10, -np.arange(30.0), np.nan)])
    found = rank_correlation(score, moves, 1)
    assert (found.method, found.n, found.ratio) == ("over_time", 40, None)
    assert found.value == pytest.approx((30 - 10) / 40)


def test_a_symbol_that_is_always_higher_adds_nothing_over_time() -> None:
    higher = np.array([0.0, 10.0])
    moves, score = DRAWS.normal(size=(2, 50, 2)) + higher
    alone = [rank_correlation(score[:, [k]], moves[:, [k]], 1).value for k in range(2)]
    assert rank_correlation(score, moves, 1).value == pytest.approx(np.mean(alone))  # type: ignore[arg-type]


def test_the_error_belongs_to_the_value() -> None:
    for width in (1, 12):
        score = DRAWS.normal(size=(120, width))
        found = rank_correlation(score, score + 2 * DRAWS.normal(size=(120, width)), 1)
        assert found.estimate is not None
        assert found.estimate.value == pytest.approx(found.value)
        assert found.estimate.interval[0] < found.value < found.estimate.interval[1]  # type: ignore[operator]


@pytest.mark.parametrize(
    "score", [np.full((60, 3), np.nan), np.ones((60, 3)), np.ones((60, 12)), np.empty((0, 3)), np.empty((60, 0))]
)
def test_scores_that_are_missing_or_alike_say_nothing(score: np.ndarray) -> None:
    found = rank_correlation(score, DRAWS.normal(size=score.shape), 1)
    assert (found.method, found.value, found.estimate) == (None, None, None)


def test_nine_scores_that_differ_from_the_usual_one_are_too_few_for_an_error() -> None:
    score = np.zeros((100, 1))
    score[:9] = 1
    found = rank_correlation(score, DRAWS.normal(size=(100, 1)), 1)
    assert found.value is not None
    assert found.estimate is None


def test_values_off_the_commonest_are_counted() -> None:
    assert off_its_commonest(np.array([0, 0, 1, 0, -1.0])) == 2
    assert off_its_commonest(np.array([])) == 0


def test_each_dates_coefficient_equals_scipy() -> None:
    score, moves = DRAWS.normal(size=(2, 30, 12))
    per_date = [spearmanr(x, y).statistic for x, y in zip(score, moves, strict=True)]
    found = rank_correlation(score, moves, 1)
    assert found.value == pytest.approx(np.mean(per_date))
    assert found.ratio == pytest.approx(np.mean(per_date) / np.std(per_date))


def test_pairs_with_something_unknown_are_left_out() -> None:
    score, moves = DRAWS.normal(size=(2, 40, 1))
    score[3], moves[10] = np.nan, np.nan
    known = np.isfinite(score + moves)
    found = rank_correlation(score, moves, 1)
    assert (found.n, found.value) == pytest.approx((38, spearmanr(score[known], moves[known]).statistic))
