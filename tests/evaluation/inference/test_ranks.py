"""Rank correlation against scipy, across symbols and over time."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from flowbt.evaluation.inference.ranks import information_coefficient, spearman

DRAWS = np.random.default_rng(7)


def test_spearman_equals_scipys_with_ties() -> None:
    x, y = DRAWS.integers(0, 5, 60).astype(float), DRAWS.integers(0, 4, 60).astype(float)
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)


def test_what_does_not_vary_has_no_rank_correlation() -> None:
    assert spearman(np.ones(5), np.arange(5.0)) is None


def test_across_symbols_it_is_the_mean_over_dates() -> None:
    score, moves = DRAWS.normal(size=(30, 12)), DRAWS.normal(size=(30, 12))
    found = information_coefficient(score, moves, 1)
    per_date = np.array([spearmanr(a, b).statistic for a, b in zip(score, moves, strict=True)])
    assert (found.method, found.n) == ("across_symbols", 360)
    assert found.value == pytest.approx(per_date.mean())
    assert found.ratio == pytest.approx(per_date.mean() / per_date.std())
    assert found.estimate is not None
    assert found.estimate.value == pytest.approx(found.value)


def test_of_few_symbols_it_is_the_mean_of_their_own_over_time() -> None:
    score, moves = DRAWS.normal(size=(50, 2)), DRAWS.normal(size=(50, 2))
    found = information_coefficient(score, moves, 1)
    own = [spearmanr(score[:, k], moves[:, k]).statistic for k in (0, 1)]
    assert found.method == "over_time"
    assert found.value == pytest.approx(np.mean(own))
    assert found.ratio is None


def test_unknown_pairs_are_left_out() -> None:
    score, moves = DRAWS.normal(size=(40, 1)), DRAWS.normal(size=(40, 1))
    score[3], moves[10] = np.nan, np.nan
    known = np.isfinite(score[:, 0] + moves[:, 0])
    found = information_coefficient(score, moves, 1)
    assert (found.n, found.value) == pytest.approx((38, spearmanr(score[known], moves[known]).statistic))


def test_a_score_that_ranks_the_moves_is_found() -> None:
    score = DRAWS.normal(size=(200, 1))
    found = information_coefficient(score, 0.5 * score + DRAWS.normal(size=(200, 1)), 1)
    assert found.estimate is not None
    assert found.estimate.p_value < 0.001


def test_nothing_known_is_nothing_said() -> None:
    found = information_coefficient(np.full((30, 1), np.nan), np.ones((30, 1)), 1)
    assert (found.method, found.value, found.estimate) == (None, None, None)
