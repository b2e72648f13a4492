"""Ranks, rank correlation and buckets across a day's symbols, against scipy and numpy, and by hand."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from flowbt.evaluation.inference.cross_section import (
    above_row_mean,
    bucket_means,
    row_buckets,
    row_ranks,
    row_spearman,
)

NAN = np.nan


def test_ties_share_their_mean_rank_and_unknowns_have_none() -> None:
    ranks = row_ranks(np.array([[30.0, 10.0, NAN, 10.0], [NAN, NAN, NAN, 5.0]]))
    assert ranks == pytest.approx(np.array([[3, 1.5, NAN, 1.5], [NAN, NAN, NAN, 1]]), nan_ok=True)


def test_rank_correlation_by_hand() -> None:
    first = np.array([[1.0, 2, 3], [1, 2, 3], [1, 2, 3]])
    second = np.array([[5.0, 6, 9], [9, 6, 5], [5, 9, 6]])
    assert row_spearman(first, second) == pytest.approx([1, -1, 0.5])


def test_rank_correlation_equals_scipy_over_what_both_know() -> None:
    random = np.random.default_rng(0)
    first, second = random.integers(0, 6, (20, 15)).astype(float), random.normal(size=(20, 15))
    first[random.random((20, 15)) < 0.2], second[random.random((20, 15)) < 0.2] = NAN, NAN
    both = np.isfinite(first) & np.isfinite(second)
    expected = [spearmanr(x[known], y[known])[0] for x, y, known in zip(first, second, both, strict=True)]
    assert row_spearman(first, second) == pytest.approx(expected)


def test_two_symbols_or_a_constant_say_nothing() -> None:
    first = np.array([[1.0, 2.0, NAN], [4.0, 4.0, 4.0]])
    assert np.isnan(row_spearman(first, np.array([[1.0, 2.0, 3.0]] * 2))).all()


def test_buckets_by_hand() -> None:
    values = np.array([[50.0, 10, 40, 20, 30, NAN], [NAN, NAN, NAN, NAN, NAN, 7]])
    assert row_buckets(values, 2).tolist() == [[2, 1, 2, 1, 1, 0], [0, 0, 0, 0, 0, 1]]


def test_equal_values_stay_together() -> None:
    assert row_buckets(np.array([[1.0, 1, 1, 1, 2]]), 5).tolist() == [[1, 1, 1, 1, 5]]


@pytest.mark.parametrize("count", [5, 11, 16, 101])
@pytest.mark.parametrize("buckets", [3, 5, 10])
def test_bucket_edges_are_those_of_numpy(count: int, buckets: int) -> None:
    values = np.random.default_rng(count).normal(size=(8, count))
    edges = np.quantile(values, np.linspace(0, 1, buckets + 1)[1:-1], axis=1).T
    expected = 1 + (values[:, :, None] > edges[:, None, :]).sum(axis=2)
    assert (row_buckets(values, buckets) == expected).all()


def test_means_of_buckets() -> None:
    bucket = np.array([[1, 1, 2, 0], [2, 2, 2, 2]])
    values = np.array([[1.0, 3.0, NAN, 9.0], [1.0, NAN, 3.0, 5.0]])
    assert bucket_means(bucket, values, 2) == pytest.approx(np.array([[2, NAN], [NAN, 3]]), nan_ok=True)


def test_above_the_mean_of_the_day() -> None:
    assert above_row_mean(np.array([[1.0, 3.0, NAN]])) == pytest.approx(np.array([[-1, 1, NAN]]), nan_ok=True)


def test_empty_matrices_are_empty() -> None:
    nothing = np.empty((0, 4))
    assert row_ranks(nothing).shape == row_buckets(nothing, 5).shape == (0, 4)
    assert row_spearman(nothing, nothing).shape == (0,)
    assert bucket_means(row_buckets(nothing, 5), nothing, 5).shape == (0, 5)
