"""A series in buckets: edges by hand, spreads as differences of means."""

import numpy as np
import pytest
from tests.evaluation.conftest import MakePanel, known

from flowbt.errors import FlowbtError
from flowbt.evaluation.buckets import bucket_numbers, evaluate_buckets


def test_buckets_are_quantiles_and_equal_values_stay_together() -> None:
    values = np.array([1.0, 2, 3, 4, 4, 4, 5, 6, 7, np.nan])
    assert bucket_numbers(values, 3).tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3, 0]


def test_buckets_equal_those_of_numpy_digitised_quantiles() -> None:
    values = np.random.default_rng(0).normal(size=1003)
    edges = np.quantile(values, [0.2, 0.4, 0.6, 0.8])
    assert (bucket_numbers(values, 5) == 1 + (values[:, None] > edges).sum(axis=1)).all()


def test_a_bucket_has_the_mean_of_its_days(make_panel: MakePanel) -> None:
    rows, _ = evaluate_buckets(make_panel([0] * 4, [0.01, -0.03, 0.02, 0.04], scores=[1, 2, 3, 4]), 1, 2)
    assert [(row.n, row.low, row.high) for row in rows] == [(2, 1, 2), (2, 3, 4)]
    assert [row.mean_return for row in rows] == pytest.approx([-0.01, 0.03])
    assert [row.mean_abs_return for row in rows] == pytest.approx([0.02, 0.03])
    assert [row.up_rate for row in rows] == [0.5, 1.0]


def test_the_spread_is_the_highest_less_the_lowest_bucket(make_panel: MakePanel) -> None:
    draws = np.random.default_rng(4)
    scores = draws.normal(size=300)
    panel = make_panel([0] * 300, list(0.01 * scores + 0.01 * draws.normal(size=300)), scores=list(scores))
    rows, tests = evaluate_buckets(panel, 1, 5)
    found = tests.outcomes[0]
    assert found.spread == pytest.approx(rows[4].mean_return - rows[0].mean_return)
    assert known(found.ci)[0] > 0
    assert known(found.p_value) < 0.01
    assert known(found.rank_p_value) < 0.01


def test_the_interval_of_a_bucket_is_around_its_mean(make_panel: MakePanel) -> None:
    draws = np.random.default_rng(5)
    panel = make_panel([0] * 200, list(0.01 * draws.normal(size=200)), scores=list(draws.normal(size=200)))
    rows, _ = evaluate_buckets(panel, 1, 4)
    for row in rows:
        low, high = known(row.return_ci)
        assert low < row.mean_return < high
        least, most = known(row.abs_return_ci)
        assert most - least < 0.01


def test_a_series_of_one_value_is_one_bucket_and_no_test(make_panel: MakePanel) -> None:
    rows, tests = evaluate_buckets(make_panel([0] * 60, [0.01, -0.01] * 30, scores=[1.0] * 60), 1, 5)
    assert [row.n for row in rows] == [60]
    assert [found.p_value for found in tests.outcomes] == [None, None]


@pytest.mark.parametrize("buckets", [1, 51])
def test_a_number_of_buckets_that_makes_no_sense_is_refused(make_panel: MakePanel, buckets: int) -> None:
    with pytest.raises(FlowbtError, match="buckets: give 2 to 50"):
        evaluate_buckets(make_panel([0, 0], [0.1, 0.1]), 1, buckets)
