"""Volatility known at the close, implied where there is a chain, and where prices were split."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from flowbt.evaluation.levels.prices import FIRST_RETURNS, Prices, prices_of, realised_volatility, with_implied
from flowbt.schema import CORPORATE_ACTIONS, conform

Make = Callable[..., pl.DataFrame]


def test_the_weighted_mean_starts_from_twenty_returns() -> None:
    returns = np.full((22, 1), 0.01)
    returns[20], returns[21] = 0.03, np.nan
    sigma = realised_volatility(returns)[:, 0]
    assert np.isnan(sigma[: FIRST_RETURNS - 1]).all()
    assert sigma[19] == pytest.approx(0.01)
    assert sigma[20] == pytest.approx(np.sqrt(0.94 * 0.01**2 + 0.06 * 0.03**2))
    assert sigma[21] == sigma[20]


def test_the_future_does_not_change_it() -> None:
    returns = np.random.default_rng(1).normal(0, 0.01, (80, 3))
    whole = realised_volatility(returns)
    for cut in (21, 40, 79):
        assert np.array_equal(realised_volatility(returns[:cut]), whole[:cut], equal_nan=True)


def test_a_split_on_file_is_no_move_and_makes_more_shares(make_bars: Make) -> None:
    close = [100 + (day % 2) for day in range(30)] + [10 + 0.1 * (day % 2) for day in range(10)]
    bars = make_bars(close)
    day = bars["date"][30]
    actions = conform(
        pl.DataFrame({"symbol": ["AAA"], "date": [day], "kind": ["split"], "value": [10.0]}), CORPORATE_ACTIONS
    )
    prices = prices_of(bars, actions)
    assert prices.shares[:, 0].tolist() == [1.0] * 30 + [10.0] * 10
    assert prices.sigma[35, 0] < 0.02
    assert prices_of(bars).sigma[35, 0] > 0.2


def implied(days: list[date], iv: float = 0.252) -> pl.DataFrame:
    return pl.DataFrame({"symbol": ["AAA"] * len(days), "date": days, "iv": [iv] * len(days)})


@pytest.mark.parametrize(("known", "used"), [(5, True), (4, True), (3, False)])
def test_implied_volatility_where_most_days_with_levels_have_it(
    known: int, used: bool, make_prices: Callable[..., Prices], make_levels: Make
) -> None:
    prices = make_prices([100.0] * 10)
    levels = make_levels(*((row, 105.0) for row in range(5)))
    found = with_implied(prices, implied(levels["date"].to_list()[:known]), levels)
    assert found.implied == (used,)
    assert found.sigma[0, 0] == pytest.approx(0.252 / np.sqrt(252) if used else 0.01)
    assert np.isnan(found.sigma[9, 0]) == used


def test_bars_with_closes_only(make_bars: Make) -> None:
    bars = make_bars([100.0, 101.0]).with_columns(high=pl.lit(None, pl.Float64), low=pl.lit(None, pl.Float64))
    assert np.isnan(prices_of(bars).high).all()
