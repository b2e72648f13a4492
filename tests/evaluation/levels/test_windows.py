"""From a level's day to the end of its window."""

from collections.abc import Callable
from typing import Any

import pytest

from flowbt.evaluation.levels.align import Placed
from flowbt.evaluation.levels.prices import Prices
from flowbt.evaluation.levels.windows import over, until_expiry

MakePrices = Callable[..., Prices]
Put = Callable[..., Placed]


def test_one_window_per_expiry_from_the_first_day_of_the_class(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices([100, 101, 102, 103, 104, 105])
    windows = until_expiry(put(prices, (0, 110.0, 5), (1, 111.0, 5), (2, 112.0, 5), (3, 113.0, 5)), prices, 3, 4)
    assert windows.placed.row.tolist() == [1]
    assert windows.gap == pytest.approx([111 / 101 - 1])
    assert windows.move == pytest.approx([105 / 101 - 1])


def test_each_expiry_counts(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices([100.0 + day for day in range(8)])
    windows = until_expiry(put(prices, (0, 99.0, 3), (0, 99.0, 5), (2, 99.0, 7)), prices, 3, 5)
    assert windows.end.tolist() == [3, 5, 7]


def test_over_a_horizon_every_level_counts(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices([100, 101, 102, 103])
    windows = over(put(prices, (0, 99.0), (1, 99.0), (2, 99.0)), prices, 2)
    assert windows.end.tolist() == [2, 3]


def test_a_window_over_a_split_has_the_move_of_what_was_held(make_prices: MakePrices, put: Put) -> None:
    """Two shares at 51.50 are worth what one was at 103."""
    prices = make_prices([100.0, 101.0, 51.5, 52.0], split=2)
    rows: list[Any] = [(0, 99.0), (1, 99.0)]
    windows = over(put(prices, *rows), prices, 2)
    assert windows.move == pytest.approx([0.03, 104 / 101 - 1])
    assert windows.gap == pytest.approx([-0.01, 99 / 101 - 1])


def test_a_level_at_the_price_has_no_direction(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices([100, 101, 102])
    assert over(put(prices, (0, 100.0), (1, 99.0)), prices, 1).placed.row.tolist() == [1]


def test_without_a_price_at_the_end_there_is_no_window(make_prices: MakePrices, put: Put) -> None:
    prices = make_prices([100, 101, float("nan"), 103])
    assert over(put(prices, (0, 99.0), (1, 99.0)), prices, 1).placed.row.tolist() == [0]
