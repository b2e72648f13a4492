"""Levels beside prices: the session they are known at, and what is left out."""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest

from flowbt.evaluation.levels.align import UNDATED, UNKNOWN, place, placed_of
from flowbt.evaluation.levels.prices import Prices, prices_of

Make = Callable[..., pl.DataFrame]
MakePrices = Callable[..., Prices]


def test_a_level_is_compared_with_the_close_of_its_day(make_prices: MakePrices, make_levels: Make) -> None:
    placed, left_out = place(make_levels((1, 105.0)), make_prices([100, 102, 104]))
    assert (placed["row"].to_list(), placed["spot"].to_list(), left_out) == ([1], [102.0], {})
    assert placed_of(placed).gap == pytest.approx([105 / 102 - 1])


def test_one_of_a_weekend_is_known_at_the_close_before(make_prices: MakePrices, make_levels: Make) -> None:
    prices = make_prices([100, 101, 102, 103])
    friday = next(day for day in prices.dates if day.weekday() == 4)
    levels = make_levels((0, 105.0)).with_columns(date=pl.lit(friday + timedelta(days=1)))
    placed, _ = place(levels, prices)
    assert placed["row"].to_list() == [prices.dates.index(friday)]


def test_expiries(make_prices: MakePrices, make_levels: Make) -> None:
    prices = make_prices([100.0] * 10)
    saturday = next(day for day in prices.dates if day.weekday() == 4) + timedelta(days=1)
    levels = make_levels((0, 105.0, 2), (0, 106.0), (0, 107.0, 50), (0, 108.0))
    levels = levels.with_columns(
        expiration=pl.when(pl.col("level") == 108.0).then(pl.lit(saturday)).otherwise("expiration")
    )
    placed, _ = place(levels, prices)
    found = dict(zip(placed["level"], placed["expiry"], strict=True))
    friday = prices.dates.index(saturday - timedelta(days=1))
    assert found == {105.0: 2, 106.0: UNDATED, 107.0: UNKNOWN, 108.0: friday}


def expiry_of_the_third(prices: Prices, make_levels: Make, expiration: date) -> int:
    """The session on which a level of 3 January 2025, a Friday, settles."""
    levels = make_levels((1, 105.0)).with_columns(expiration=pl.lit(expiration))
    found: int = place(levels, prices)[0]["expiry"].item()
    return found


# the exchange is closed on Thursday 9 January 2025, for the funeral of a president
@pytest.mark.parametrize(
    ("bars", "expiration", "expiry"),
    [
        (6, date(2025, 1, 11), 5),
        (6, date(2025, 1, 12), 5),
        (6, date(2025, 1, 13), UNKNOWN),
        (5, date(2025, 1, 9), 4),
        (5, date(2025, 1, 10), UNKNOWN),
    ],
)
def test_an_expiration_before_the_next_session_settles_at_the_last_bar(
    bars: int, expiration: date, expiry: int, make_prices: MakePrices, make_levels: Make
) -> None:
    assert expiry_of_the_third(make_prices([100.0] * bars), make_levels, expiration) == expiry


@pytest.mark.parametrize(("expiration", "expiry"), [(date(2025, 1, 11), 5), (date(2025, 1, 13), UNKNOWN)])
def test_so_it_does_beside_the_prices_of_a_file(
    expiration: date, expiry: int, make_bars: Make, make_levels: Make
) -> None:
    prices = prices_of(make_bars([100.0] * 6), exchanges={"AAA": None})
    assert expiry_of_the_third(prices, make_levels, expiration) == expiry


def test_a_file_of_prices_at_weekends_has_a_session_on_the_next_day(make_bars: Make, make_levels: Make) -> None:
    bars = make_bars([100.0] * 3)
    days = pl.Series([date(2025, 1, 2), date(2025, 1, 3), date(2025, 1, 4)])
    prices = prices_of(bars.with_columns(date=days), exchanges={"AAA": None})
    assert expiry_of_the_third(prices, make_levels, date(2025, 1, 5)) == UNKNOWN


def test_what_is_left_out_is_counted(make_prices: MakePrices, make_levels: Make) -> None:
    levels = pl.concat(
        [
            make_levels((0, 105.0), (0, 105.0), (1, 0.0), (1, None), (1, 201.0), (1, 49.0), (9, 105.0)),
            make_levels((0, 105.0), symbol="ZZZ"),
            make_levels((0, 105.0)).with_columns(date=date(2024, 1, 2)),
        ]
    )
    placed, left_out = place(levels, make_prices([100.0] * 5))
    assert placed.height == 1
    assert left_out == {"no_level": 2, "no_prices": 3, "out_of_reach": 2}


def test_no_prices_at_all(make_prices: MakePrices, make_levels: Make) -> None:
    placed, left_out = place(make_levels((0, 105.0)), make_prices([]))
    assert (placed.height, left_out) == (0, {"no_prices": 1})
