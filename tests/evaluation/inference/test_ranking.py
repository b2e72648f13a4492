"""Ranks with ties at their mean rank, against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from flowbt.evaluation.inference.ranking import mean_ranks

numbers = st.sampled_from([-np.inf, -1.5, 0.0, -0.0, 1.0, 2.0, np.inf]) | st.floats(allow_nan=False)


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert mean_ranks(np.array([30.0, 10.0, 20.0, 10.0, 10.0])).tolist() == [5, 2, 4, 2, 2]


@settings(deadline=None)
@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=1)))
def test_equals_scipy_row_by_row(rows: list[list[float]]) -> None:
    values = np.array(rows)
    np.testing.assert_array_equal(mean_ranks(values), rankdata(values, axis=1))
    np.testing.assert_array_equal(mean_ranks(values[0]), rankdata(values[0]))


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3)])
def test_of_nothing(shape: tuple[int, ...]) -> None:
    assert mean_ranks(np.zeros(shape)).shape == shape
