"""Where the price came from."""

from collections.abc import Callable

import numpy as np
import pytest

from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.trailing import direction, mean_close

MakePrices = Callable[..., Prices]


def test_the_mean_of_twenty_closes(make_prices: MakePrices) -> None:
    prices = make_prices([float(price) for price in range(100, 130)])
    found = mean_close(prices, np.array([18, 19, 29]), np.zeros(3, np.int64))
    assert found == pytest.approx([np.nan, 109.5, 119.5], nan_ok=True)


def test_a_mean_over_a_split_is_in_the_shares_of_its_last_session(make_prices: MakePrices) -> None:
    prices = make_prices([100.0] * 25 + [60.0] * 25, split=25)
    found = mean_close(prices, np.array([24, 25, 44]), np.zeros(3, np.int64))
    assert found == pytest.approx([100.0, (19 * 50 + 60) / 20, 60.0])


def test_a_price_that_does_not_move_is_at_its_mean(make_prices: MakePrices) -> None:
    """The mean of twenty closes of 102.4 is 102.40000000000002."""
    assert direction(make_prices([102.4] * 30), 0)[19:].tolist() == [0.0] * 11


def test_on_which_side_the_price_stands(make_prices: MakePrices) -> None:
    found = direction(make_prices([100.0] * 20 + [101.0, 99.0]), 0)
    assert np.isnan(found[:19]).all()
    assert found[19:].tolist() == [0.0, 1.0, -1.0]


def test_the_future_does_not_change_it(make_prices: MakePrices) -> None:
    close = (100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 80)))).tolist()
    whole, cut = direction(make_prices(close), 0), direction(make_prices(close[:50]), 0)
    assert np.array_equal(whole[:50], cut, equal_nan=True)
