"""Groups that never part equal values: by hand, against every other partition, and whatever the encoding."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowbt.evaluation.inference.partition import even_groups

VALUES = st.lists(st.integers(-4, 4), min_size=1, max_size=30).map(lambda values: np.array(values, np.float64))


@pytest.mark.parametrize(
    ("values", "groups", "expected"),
    [
        ([-1, 0, 0, 0, 1, 0], 5, [1, 2, 2, 2, 3, 2]),  # a group for each value
        ([7, 7, 7], 5, [1, 1, 1]),
        ([-2, -1, 0, 0, 0, 0, 0, 0, 1, 2], 3, [1, 1, 2, 2, 2, 2, 2, 2, 3, 3]),  # the zeros are alone
        ([0, 0, 0, 0, 0, 0, 0, 1, 2, 3], 3, [1, 1, 1, 1, 1, 1, 1, 2, 3, 3]),
        ([1, 2, 3, 4, 5, 6], 3, [1, 1, 2, 2, 3, 3]),
        ([], 3, []),
    ],
)
def test_by_hand(values: list[float], groups: int, expected: list[int]) -> None:
    assert even_groups(np.array(values, np.float64), groups).tolist() == expected


def test_values_too_rare_to_be_alone_share_a_group() -> None:
    counts = np.repeat([0.0, 1.0, 2.0, 3.0], [30, 12, 9, 1])
    assert np.bincount(even_groups(counts, 5, least=10))[1:].tolist() == [30, 12, 10]


def test_a_common_value_is_not_joined_with_rare_ones_where_that_would_not_help() -> None:
    """Two groups would put the zeros with either side, and the smaller group would still have five."""
    signal = np.repeat([-1.0, 0.0, 1.0], [5, 90, 5])
    assert np.bincount(even_groups(signal, 5, least=10))[1:].tolist() == [5, 90, 5]


def test_a_history_too_short_for_groups_of_that_size_keeps_their_number() -> None:
    assert even_groups(np.arange(30.0), 5, least=10).max() == 5


@settings(deadline=None)
@given(VALUES, st.integers(1, 6))
def test_the_groups_are_the_quantiles_or_else_the_most_even_ones(values: np.ndarray, groups: int) -> None:
    found = even_groups(values, groups)
    levels, counts = np.unique(values, return_counts=True)
    number = min(groups, len(levels))
    assert sorted(set(found.tolist())) == list(range(1, number + 1))
    for level in levels:
        assert len(set(found[values == level].tolist())) == 1
    edges = np.quantile(values, np.linspace(0, 1, groups + 1)[1:-1])
    by_quantile = np.searchsorted(edges, values, side="left") + 1
    if len(levels) > groups and len(set(by_quantile.tolist())) == groups:
        assert found.tolist() == by_quantile.tolist()
        return
    partitions = (np.split(counts, list(cuts)) for cuts in combinations(range(1, len(counts)), number - 1))
    best = min(sum(int(part.sum()) ** 2 for part in parts) for parts in partitions)
    assert (np.bincount(found)[1:] ** 2).sum() == best


@settings(deadline=None)
@given(VALUES, st.integers(2, 6), st.sampled_from([np.exp, lambda x: x + 10, lambda x: 0.1 * x**3, np.arctan]))
def test_only_the_order_of_the_values_counts(values: np.ndarray, groups: int, encoding: np.ufunc) -> None:
    assert even_groups(encoding(values), groups).tolist() == even_groups(values, groups).tolist()
