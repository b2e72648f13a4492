"""What is held, and how it changed since one session before."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from flowbt.metrics import Request, compute

Chain = Callable[..., pl.DataFrame]
Measure = Callable[..., Any]

MARCH = date(2026, 3, 20)


def test_positions_of_live_contracts(chain: Chain, measure: Measure) -> None:
    live = chain({95: {"call_open_interest": 10, "put_open_interest": 30}, 105: {"call_open_interest": 5}})
    expiring = chain({100: {"call_open_interest": 1000, "put_open_interest": 1000}}, expiration=date(2026, 1, 5))
    assert measure("call_open_interest", expiring, live) == 15
    assert measure("put_open_interest", expiring, live) == 30
    assert measure("put_call_oi_ratio", expiring, live) == 2


def test_the_ratio_to_no_calls_is_null(chain: Chain, measure: Measure) -> None:
    assert measure("put_call_oi_ratio", chain({100: {"call_open_interest": 0, "put_open_interest": 5}})) is None


@pytest.fixture
def held(chain: Chain) -> Callable[..., pl.DataFrame]:
    """Calls held by strike, on a day."""

    def make(day: date, strikes: dict[float, int | None], expiration: date = MARCH, **options: Any) -> pl.DataFrame:
        rows = {strike: {"call_open_interest": oi, "put_volume": 0} for strike, oi in strikes.items()}
        return chain(rows, day=day, expiration=expiration, **options)

    return make


def test_the_change_since_one_session_before(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {95: 10, 100: 20}), held(days[1], {95: 13, 100: 15}), held(days[2], {95: 13, 100: 25})]
    assert measure("call_oi_change", *rows) == [None, -2, 10]


def test_a_new_listing_begins_at_nothing(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    assert measure("call_oi_change", held(days[0], {95: 10}), held(days[1], {95: 10, 100: 7})) == [None, 7]


def test_a_side_listed_anew_at_a_known_strike_begins_at_nothing(
    chain: Chain, days: Sequence[date], measure: Measure
) -> None:
    before = chain({95: {"call_open_interest": 5}, 100: {"put_open_interest": 5}}, day=days[0])
    after = chain({95: {"call_open_interest": 5}, 100: {"call_open_interest": 8}}, day=days[1])
    assert measure("call_oi_change", before, after) == [None, 8]


def test_what_expires_today_is_left_out(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [
        held(days[0], {100: 50}, expiration=days[1]),
        held(days[0], {100: 10}),
        held(days[1], {100: 80}, expiration=days[1]),
        held(days[1], {100: 11}),
    ]
    assert measure("call_oi_change", *rows) == [None, 1]


def test_what_expired_the_day_before_is_left_out(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 50}, expiration=days[0]), held(days[0], {100: 10}), held(days[1], {100: 12})]
    assert measure("call_oi_change", *rows) == [None, 2]


def test_over_a_missing_session_it_is_unknown(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 10}), held(days[2], {100: 15}), held(days[3], {100: 16})]
    assert measure("call_oi_change", *rows) == [None, None, 1]


def test_over_a_weekend_and_a_holiday(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    friday, tuesday = date(2026, 1, 16), date(2026, 1, 20)  # Monday is Martin Luther King's
    assert measure("call_oi_change", held(friday, {100: 10}), held(tuesday, {100: 14})) == [None, 4]


def test_over_the_turn_of_a_month(held: Callable[..., pl.DataFrame], measure: Measure) -> None:
    rows = [held(date(2026, 1, 30), {100: 10}), held(date(2026, 2, 2), {100: 14})]
    assert measure("call_oi_change", *rows) == [None, 4]


def test_the_day_before_may_lie_outside_of_what_is_asked_for(
    held: Callable[..., pl.DataFrame], days: Sequence[date], store: Callable[..., Any]
) -> None:
    lake = store(held(days[0], {100: 10}), held(days[1], {100: 14}))
    found = compute(lake, Request(("AAA",), first=days[1], metrics=("call_oi_change",)))
    assert found["call_oi_change"].to_list() == [4]


def test_a_day_before_without_open_interest_is_unknown(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    """Not known is not none: the whole open interest of today is no change."""
    assert measure("call_oi_change", held(days[0], {100: None}), held(days[1], {100: 14})) == [None, None]


def test_another_symbols_day_before_does_not_count(
    held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure
) -> None:
    rows = [held(days[0], {100: 10}, symbol="BBB"), held(days[1], {100: 14}), held(days[1], {100: 9}, symbol="BBB")]
    assert measure("call_oi_change", *rows) == [None, None, -1]


def test_roots_are_told_apart(held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure) -> None:
    rows = [
        held(day, {100: oi}, root=root)
        for day, root, oi in ((days[0], "AAA", 10), (days[0], "AAA1", 99), (days[1], "AAA", 11), (days[1], "AAA1", 99))
    ]
    assert measure("call_oi_change", *rows) == [None, 1]


def test_the_contracts_own_change(held: Callable[..., pl.DataFrame], days: Sequence[date], measure: Measure) -> None:
    rows = [held(days[0], {95: 10, 100: 20}), held(days[1], {95: 13, 105: 4})]
    assert measure("call_contract_oi_change", *rows, grain="strike") == [None, None, 3, 4]
