"""Levels and where they stand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.flow.day import Day
from flowbt.flow.levels import StrikeOpenInterest, labelled, levels, peaks
from flowbt.flow.requested_metrics import FRIDAY

MakeDay = Callable[..., Day]
MakeRow = Callable[..., dict[str, Any]]
Bars = Callable[..., pl.DataFrame]
CALLS, PUTS = f"call_oi_at_strike{FRIDAY}", f"put_oi_at_strike{FRIDAY}"


def test_the_highest_comes_first_and_what_is_unknown_not_at_all(make_day: MakeDay) -> None:
    found = labelled(make_day(sma_30=98.0, call_wall=105.0, put_wall=90.0), {})
    assert [(row.level, row.price) for row in found] == [
        ("call wall", 105.0),
        ("SMA 30", 98.0),
        ("put wall", 90.0),
    ]


@pytest.mark.parametrize(("price", "label"), [(99.99, "support"), (100.01, "resistance"), (100.0, "at the price")])
def test_a_level_is_what_its_place_says(price: float, label: str, make_day: MakeDay) -> None:
    day = make_day(**{"support_1(kind=fibonacci, session=this)": price})
    [found] = labelled(day, {})
    assert (found.level, found.label) == ("S1 fibonacci, today", label)
    assert found.distance == pytest.approx(price / 100 - 1)


def test_levels_say_where_they_are_from(make_day: MakeDay) -> None:
    found = labelled(make_day(sma_200=90.0, max_pain=95.0), {"my line": 97.0})
    assert {row.level: row.of for row in found} == {"my line": "given", "max pain": "chain", "SMA 200": "chart"}


def test_the_day_s_own_low_and_high_are_levels(make_day: MakeDay, bars: Bars) -> None:
    day = make_day(bars=bars([100.0]).with_columns(low=pl.lit(98.0), high=pl.lit(103.0)))
    assert [(row.level, row.label) for row in labelled(day, {})] == [
        ("high of the day", "resistance"),
        ("low of the day", "support"),
    ]


def test_a_bar_of_another_day_gives_no_low_of_the_day(make_day: MakeDay, bars: Bars) -> None:
    assert labelled(make_day(bars=bars([100.0], on=[date(2026, 1, 2)])), {}) == ()


def test_both_kinds_of_pivots_share_one_pivot(make_day: MakeDay) -> None:
    day = make_day(
        **{
            f"pivot(kind={kind}, session={session})": 99.0
            for kind in ("classic", "fibonacci")
            for session in ("this", "next")
        }
    )
    assert [row.level for row in labelled(day, {})] == ["pivot classic, today", "pivot classic, next session"]


def test_without_a_spot_levels_have_no_label(make_day: MakeDay) -> None:
    [found] = labelled(make_day(spot=None, sma_30=98.0), {})
    assert (found.label, found.distance) == (None, None)


def test_floors_that_there_are(make_day: MakeDay) -> None:
    day = make_day(**{"put_floor(rank=1)": 95.0, "put_floor(rank=2)": 90.0})
    assert levels(day).put_floors == (95.0, 90.0)


def test_bands_from_the_lower_to_the_upper(make_day: MakeDay) -> None:
    day = make_day(bollinger_lower=95.0, bollinger_mid=100.0, bollinger_upper=105.0)
    assert levels(day).bollinger == (95.0, 100.0, 105.0)


def test_without_bars_and_chain_there_are_none(make_day: MakeDay) -> None:
    assert levels(make_day()).labelled == ()


def test_the_three_largest_of_each_side_this_friday(make_day: MakeDay) -> None:
    held = {101: 5, 102: 0, 103: 20, 104: 10, 105: 20}
    strikes = [{"strike": float(strike), CALLS: count, PUTS: None} for strike, count in held.items()]
    found = peaks(make_day(strikes=strikes))
    assert found.calls == (
        StrikeOpenInterest(103.0, 20),
        StrikeOpenInterest(105.0, 20),
        StrikeOpenInterest(104.0, 10),
    )
    assert found.puts == ()


@pytest.mark.parametrize(
    ("day", "friday"),
    [
        (date(2026, 1, 5), date(2026, 1, 9)),
        (date(2026, 1, 9), date(2026, 1, 16)),
        # Good Friday: its options expire on Thursday
        (date(2026, 3, 30), date(2026, 4, 2)),
        (date(2026, 4, 2), date(2026, 4, 10)),
    ],
)
def test_this_friday(day: date, friday: date, make_day: MakeDay, option: MakeRow) -> None:
    assert peaks(make_day([option(100, expiration=friday)], day=day)).expiration == friday


def test_this_friday_may_be_dated_on_the_saturday(make_day: MakeDay, option: MakeRow) -> None:
    found = peaks(make_day([option(100, expiration=date(2012, 2, 18))], day=date(2012, 2, 16)))
    assert (found.expiration, found.expires_on) == (date(2012, 2, 18), date(2012, 2, 17))


def test_a_friday_that_is_not_listed_is_none(make_day: MakeDay, option: MakeRow) -> None:
    assert peaks(make_day([option(100, expiration=date(2026, 1, 16))])).expiration is None
